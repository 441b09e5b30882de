import type { Lane } from '../request/submission.ts'
import type { Flow } from './flow.ts'

type Turns = NonNullable<Flow['turns']>

/** The turn of a call, or when to ask for one again. `startAt` and `until` are epoch milliseconds. */
export type Turn = { kind: 'turn'; startAt: number; turns: Turns } | { kind: 'wait'; until: number }

/** After a quieter moment single orders may make the calls of so much time at once. */
const burstMilliseconds = 250
/**
 * A turn that is later than this is not given in advance: the order is held meanwhile. Bulk orders look further ahead, or
 * single orders would take every turn before them.
 */
const longestAheadMilliseconds = { single: 1_000, bulk: 2_000 } as const
/** Bulk orders get one turn in so many, however many single orders there are. */
const bulkOneIn = 10

/**
 * The next turn of a credential set that may make so many calls a minute. Turns are evenly spaced. A bulk order gets one
 * only if nobody is ahead of it, so single orders find a free turn at once, unless they need all of them themselves.
 */
export function nextTurn(
  { nextAt, bulkAt }: Turns = { nextAt: 0, bulkAt: 0 },
  { lane, now, callsPerMinute }: { lane: Lane; now: number; callsPerMinute: number },
): Turn {
  const interval = Math.ceil(60_000 / callsPerMinute)
  const followedBy = Math.max(now, nextAt) + interval
  const dueAt = bulkAt + bulkOneIn * interval
  if (lane === 'bulk' && now < dueAt) {
    return nextAt <= now
      ? { kind: 'turn', startAt: now, turns: { nextAt: followedBy, bulkAt: now } }
      : { kind: 'wait', until: Math.min(nextAt, dueAt) }
  }
  const startAt = Math.max(now, nextAt - (lane === 'single' ? burstMilliseconds : 0))
  if (startAt > now + longestAheadMilliseconds[lane]) return { kind: 'wait', until: startAt }
  return { kind: 'turn', startAt, turns: { nextAt: followedBy, bulkAt: lane === 'bulk' ? now : bulkAt } }
}
