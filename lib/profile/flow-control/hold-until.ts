import type { Random } from '../ports.ts'
import type { Settings } from '../request/settings.ts'
import type { HoldReason } from '../request/submission.ts'

/** Longest delays of an order that is held once more, by its reason. A shorter cap of the back-off holds here too. */
const longestSeconds = { busy: 60, 'retry-after': 240, failing: 240 } as const
/** An operator may end a pause, so a held order looks at least so often, however long the pause is. */
const longestLookMilliseconds = 240_000

/**
 * When a held order asks again, in epoch milliseconds. `until` is the end of the pause, and `times` counts how often the
 * order was held before. The delay doubles with each time and has full jitter above the end of the pause, so that
 * thousands of held orders neither ask every few seconds nor all come back in one second. It is four minutes at most.
 */
export function holdUntil(
  { why, until, times }: { why: HoldReason; until: number; times: number },
  { now, random, retry }: { now: number; random: Random; retry: Settings['retry'] },
): number {
  const firstSeconds = retry.firstDelaySeconds * (why === 'busy' ? 1 : 2)
  const seconds = Math.min(longestSeconds[why], retry.capSeconds, firstSeconds * 2 ** Math.min(times, 10))
  const share = random()
  const afterPause = Math.max(until, now) + seconds * 1000 * (0.2 + share * 0.8)
  return Math.round(Math.min(afterPause, now + longestLookMilliseconds * (0.75 + share / 4)))
}
