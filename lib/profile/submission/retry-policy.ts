import type { ActionName } from '../order/action-names.ts'
import { actions } from '../order/actions.ts'
import type { Random } from '../ports.ts'
import type { Settings } from '../request/settings.ts'

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

const longestAheadMilliseconds = 3 * 60_000

/** The same for results that have so long to come, in milliseconds. */
export const aheadOf = (milliseconds: number): number =>
  Math.min(longestAheadMilliseconds, Math.floor(milliseconds / 4))
