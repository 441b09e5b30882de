import type { Random } from '../ports.ts'
import type { HoldReason } from '../request/submission.ts'

/** Longest delays of an order that is held once more, by its reason. */
const longestSeconds = { busy: 60, 'retry-after': 240, failing: 240 } as const
const firstSeconds = { busy: 5, 'retry-after': 10, failing: 10 } as const

/**
 * When a held order asks again, in epoch milliseconds. `until` is the end of the pause, and `times` counts how often the
 * order was held before. The delay doubles with each time and has full jitter above the end of the pause, so that
 * thousands of held orders neither ask every few seconds nor all come back in one second.
 */
export function holdUntil(
  { why, until, times }: { why: HoldReason; until: number; times: number },
  { now, random }: { now: number; random: Random },
): number {
  const seconds = Math.min(longestSeconds[why], firstSeconds[why] * 2 ** Math.min(times, 10))
  return Math.round(Math.max(until, now) + seconds * 1000 * (0.2 + random() * 0.8))
}
