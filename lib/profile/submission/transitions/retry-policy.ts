import type { ActionName } from '../../order/action-names.ts'
import { actions } from '../../order/actions.ts'
import type { Random } from '../../ports.ts'
import type { Settings } from '../../request/settings.ts'

/**
 * Seconds until the next attempt after attempt number `attempt` (from 1). The delay doubles with each attempt up to a
 * cap, with full jitter above half the first delay. A longer `Retry-After` of ThingSpace is used as it is.
 */
export function delaySeconds({
  attempt,
  retryAfterSeconds = 0,
  retry: { firstDelaySeconds, capSeconds },
  random,
}: {
  attempt: number
  retryAfterSeconds?: number | undefined
  retry: Settings['retry']
  random: Random
}): number {
  const floor = firstDelaySeconds / 2
  const ceiling = Math.min(capSeconds, doublingSeconds(firstDelaySeconds, attempt, capSeconds))
  const jittered = floor + random() * Math.max(0, ceiling - floor)
  return Math.max(jittered, retryAfterSeconds)
}

/** Returns `first` for `times` = 1 and doubles it with each further time, up to `cap` but never below `first`. */
export const doublingSeconds = (first: number, times: number, cap: number): number =>
  Math.max(first, Math.min(cap, first * 2 ** Math.min(times - 1, 20)))

/**
 * Seconds that an unconfirmed submission of this action waits for callbacks, before it is repeated or needs a decision.
 */
export const graceSeconds = (action: ActionName, settings: Settings): number =>
  actions[action].repeatable ? settings.graceSeconds.repeatable : settings.graceSeconds.other

/** Seconds after ThingSpace accepted a submission at which its devices without a result expire. */
export const resultsWithinSeconds = (action: ActionName, settings: Settings): number =>
  settings.resultsWithinSeconds ?? actions[action].resultsWithinSeconds

/** Whether an unconfirmed submission may be sent again without a decision. */
export const repeatsByItself = (action: ActionName, accountName: string, settings: Settings): boolean =>
  actions[action].repeatable || settings.repeatUnconfirmedFor.includes(accountName)

const longestAheadMilliseconds = 3 * 60_000

/**
 * How long before its deadline ThingSpace is asked for a missing result, if callbacks have `allowedMilliseconds` to
 * arrive: a quarter of that time, at most 3 minutes.
 */
export const askAheadMilliseconds = (allowedMilliseconds: number): number =>
  Math.min(longestAheadMilliseconds, Math.floor(allowedMilliseconds / 4))
