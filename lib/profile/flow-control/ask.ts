import type { HoldReason, Lane } from '../request/submission.ts'
import type { Flow } from './flow.ts'

/** Identifies a slot, so that a late release does not free the slot of another call. */
export type HeldSlot = { number: string; until: number }

export type Asked =
  /** Calls are not limited. */
  | { kind: 'go' }
  /** A slot is free. The call may begin once `next` is stored. */
  | { kind: 'take'; slot: HeldSlot; next: Flow }
  /**
   * No call may begin. `until` is the end of the pause, in epoch milliseconds; without a pause it is now. `next` tells
   * bulk orders that a single one waits, and is stored if possible.
   */
  | { kind: 'hold'; why: HoldReason; until: number; next?: Flow }

export type AskContext = {
  lane: Lane
  now: number
  /** The largest limit. */
  most: number
  /** How long a slot is kept if its environment dies. */
  leaseSeconds: number
  /** Whether the caller can first try whether ThingSpace answers at all, if calls have stopped. */
  mayProbe: boolean
}

/** The share of the slots that bulk orders may use while no single order waits. */
const bulkShare = 0.75

/** So long after the date of a held single order bulk orders leave the slots to others: until it has asked again. */
const singlesFirstMilliseconds = 15_000
/** A mark that ends sooner is renewed. */
const renewedMilliseconds = 5_000

/** The slots of calls under way. That of an environment that died counts until its lease ends. */
export const liveSlots = (flow: Flow, now: number): Flow['slots'] =>
  Object.fromEntries(Object.entries(flow.slots).filter(([, { until }]) => until > now))

/** Whether calls are not limited: no trouble is known, or the limit has risen to the largest one. */
export const isOpen = (flow: Flow | undefined, most: number): boolean => flow === undefined || flow.limit >= most

/** So long after the last trouble calls are not limited any more, where too few are made to raise the limit. */
const forgottenMilliseconds = 600_000

/**
 * What a stored flow means now: trouble of long ago is forgotten, if ThingSpace has answered since and no other call is
 * under way.
 */
export function flowNow(flow: Flow | undefined, { now, most }: { now: number; most: number }): Flow | undefined {
  if (flow === undefined || flow.failures > 0 || now < flow.loweredAt + forgottenMilliseconds) return flow
  if (Object.keys(liveSlots(flow, now)).length > 0) return flow
  return { ...flow, limit: most, successes: 0, slots: {} }
}

/** Decides whether a call may begin. */
export function ask(stored: Flow | undefined, { lane, now, most, leaseSeconds, mayProbe }: AskContext): Asked {
  const flow = flowNow(stored, { now, most })
  if (flow === undefined) return { kind: 'go' }
  const { pause, limit } = flow
  const hold = (why: HoldReason, until: number): Asked => {
    // With one call at a time there is no share to leave.
    const isMarked = lane === 'bulk' || limit === 1 || (flow.singlesWaitUntil ?? 0) > now + renewedMilliseconds
    const next = { ...flow, revision: flow.revision + 1, singlesWaitUntil: until + singlesFirstMilliseconds }
    return { kind: 'hold', why, until, ...(isMarked ? {} : { next }) }
  }
  if (pause !== undefined && pause.until > now) return hold(pause.why, pause.until)
  if (flow.stops > 0 && !mayProbe) return hold('failing', now)
  if (isOpen(flow, most)) return { kind: 'go' }
  const slots = liveSlots(flow, now)
  const taken = Object.values(slots)
  const bulkTaken = taken.filter((slot) => slot.lane === 'bulk').length
  const areSinglesWaiting = (flow.singlesWaitUntil ?? 0) > now
  const mostBulk = areSinglesWaiting ? 1 : Math.max(1, Math.floor(limit * bulkShare))
  const isFull = taken.length >= limit || (lane === 'bulk' && bulkTaken >= mostBulk)
  if (isFull) return hold('busy', now)
  const number = String(Array.from({ length: limit }, (_, index) => index).find((index) => !(index in slots)) ?? limit)
  const until = now + leaseSeconds * 1000
  const next = { ...flow, revision: flow.revision + 1, slots: { ...slots, [number]: { until, lane } } }
  return { kind: 'take', slot: { number, until }, next }
}
