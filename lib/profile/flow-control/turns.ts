import type { Lane } from '../request/submission.ts'
import type { Flow } from './flow.ts'

/** The turn of a call. Times are epoch milliseconds. */
export type Turn =
  | { kind: 'turn'; startAt: number; turns: NonNullable<Flow['turns']> }
  /** Others are first. Ask again at `until`. */
  | { kind: 'wait'; until: number }
  /** The turn does not come in time. It may come at `until`. */
  | { kind: 'late'; until: number }

export type TurnContext = {
  lane: Lane
  now: number
  /** When the call must begin at the latest. */
  latestStart: number
  callsPerMinute: number
}

/** After a quieter moment single orders may make the calls of so much time at once. */
const burstMilliseconds = 250
/** Single orders take a turn so long before it at most. Bulk orders look further ahead, or they would never get one. */
const singlesAheadMilliseconds = 1_000
/** Bulk orders get one turn in so many, however many single orders there are. */
const bulkOneIn = 10

/**
 * The next turn of a credential set that may make so many calls a minute. Turns are evenly spaced. A bulk order gets one
 * only if nobody is ahead of it and no single order is held, so single orders find a free turn soon, unless they need all
 * of them themselves.
 */
export function nextTurn(
  {
    turns: { nextAt, bulkAt } = { nextAt: 0, bulkAt: 0 },
    singlesWaitUntil = 0,
  }: Pick<Flow, 'turns' | 'singlesWaitUntil'>,
  { lane, now, latestStart, callsPerMinute }: TurnContext,
): Turn {
  const interval = Math.ceil(60_000 / callsPerMinute)
  const turnAt = (startAt: number): Turn => ({
    kind: 'turn',
    startAt,
    turns: { nextAt: Math.max(now, nextAt) + interval, bulkAt: lane === 'bulk' ? now : bulkAt },
  })
  const dueAt = bulkAt + bulkOneIn * interval
  if (lane === 'bulk' && now < dueAt) {
    const freeAt = Math.max(nextAt, singlesWaitUntil)
    if (freeAt <= now) return turnAt(now)
    const until = Math.min(freeAt, dueAt)
    return { kind: until > latestStart ? 'late' : 'wait', until }
  }
  const startAt = Math.max(now, nextAt - (lane === 'single' ? burstMilliseconds : 0))
  if (startAt > Math.max(now, latestStart)) return { kind: 'late', until: startAt }
  const isEarly = lane === 'single' && startAt > now + singlesAheadMilliseconds
  return isEarly ? { kind: 'wait', until: startAt - singlesAheadMilliseconds } : turnAt(startAt)
}
