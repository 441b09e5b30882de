import type { ActionName, Family } from '../order/action-names.ts'
import { actions } from '../order/actions.ts'
import type { Random } from '../ports.ts'

/** The numbers of the protocol, from the deployment's parameters. */
export type Settings = {
  /** How many devices one submission holds, by family. */
  devicesPerSubmission: Readonly<Record<Family, number>>
  /** How long an attempt owns its submission: longer than the function may run, shorter than SQS's visibility. */
  leaseSeconds: number
  /** How long an unconfirmed submission waits for callbacks before it is repeated, or put before a person. */
  graceSeconds: { repeatable: number; other: number }
  /** Overrides every action's own deadline for results; used by stacks that cannot wait a day. */
  resultsWithinSeconds?: number
  retry: { firstDelaySeconds: number; capSeconds: number; maximumAgeSeconds: number }
  /** How long after a pointer was due `sweep-due` sends it again. */
  pointerGraceSeconds: number
  /** How long a doubt waits for a person before it is given up: shorter than anything is kept. */
  decideWithinSeconds: number
  /** Requests with more devices than this are folded by the sweep, not with each result. */
  foldAtOnceUpTo: number
  /** How long large requests collect results between two folds. */
  foldEverySeconds: number
  /** How long a result for another profile of a card waits for one of the ordered profile before it decides. */
  otherProfileSeconds: number
  /** Accounts whose unconfirmed submissions are repeated after the grace period, whatever the action. */
  repeatUnconfirmedFor: readonly string[]
}

/**
 * Seconds until the next attempt: exponential, full jitter above a floor of half the first delay, capped.
 * A `Retry-After` from ThingSpace is obeyed without jitter when it is longer.
 */
export function delaySeconds(
  attempt: number,
  retryAfterSeconds: number | undefined,
  { firstDelaySeconds, capSeconds }: Settings['retry'],
  random: Random,
): number {
  const floor = firstDelaySeconds / 2
  const ceiling = Math.min(capSeconds, doublingSeconds(firstDelaySeconds, attempt, capSeconds))
  const jittered = floor + random() * Math.max(0, ceiling - floor)
  return Math.max(jittered, retryAfterSeconds ?? 0)
}

/** `first` for the first time, twice that for the second, and so on up to a cap, but never less than `first`. */
export const doublingSeconds = (first: number, times: number, cap: number): number =>
  Math.max(first, Math.min(cap, first * 2 ** Math.min(times - 1, 20)))

/** Seconds an unconfirmed submission of this action waits for evidence. */
export const graceSeconds = (action: ActionName, settings: Settings): number =>
  actions[action].repeatable ? settings.graceSeconds.repeatable : settings.graceSeconds.other

/** Seconds after submission at which devices without a result are `expired`. */
export const resultsWithinSeconds = (action: ActionName, settings: Settings): number =>
  settings.resultsWithinSeconds ?? actions[action].resultsWithinSeconds

/** Whether a submission whose answer was lost may be sent again without anybody deciding so. */
export const repeatsByItself = (action: ActionName, accountName: string, settings: Settings): boolean =>
  actions[action].repeatable || settings.repeatUnconfirmedFor.includes(accountName)
