import type { HoldReason, Lane } from '../request/submission.ts'
import { type Flow, openFlow } from './flow.ts'
import { nextTurn } from './turns.ts'

/** Identifies a slot, so that a late release does not free the slot of another call. */
export type HeldSlot = { number: string; until: number }

export type Asked =
  /** Calls are not limited. */
  | { kind: 'go' }
  /** The call may begin at `startAt` (epoch milliseconds) once `next` is stored. It has a slot while calls are counted. */
  | { kind: 'take'; slot: HeldSlot | undefined; startAt: number; next: Flow }
  /** Others are first. Ask again at `until`, in epoch milliseconds, which is in time for `latestStart`. */
  | { kind: 'wait'; until: number }
  /**
   * No call may begin. `until` is the end of the pause or the time of a turn, in epoch milliseconds; otherwise it is now.
   * `next` tells bulk orders that a single one waits, and is stored if possible.
   */
  | { kind: 'hold'; why: HoldReason; until: number; next?: Flow }

export type AskContext = {
  lane: Lane
  now: number
  /** The largest limit. */
  most: number
  /** So many calls may begin in a minute. Zero: any number. */
  callsPerMinute: number
  /** A call whose turn is later than this is held. */
  latestStart: number
  /** How long a slot is kept if its environment dies. */
  leaseSeconds: number
  /** Whether the caller can first try whether ThingSpace answers at all, if calls have stopped. */
  mayProbe: boolean
}

/** The share of the slots that bulk orders may use while no single order waits. */
const bulkShare = 0.75

/** So long after the date of a held single order bulk orders leave slots and turns to others: until it has asked again. */
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
export function ask(stored: Flow | undefined, context: AskContext): Asked {
  const { lane, now, most, callsPerMinute, mayProbe } = context
  const flow = flowNow(stored, { now, most }) ?? openFlow(most)
  const { pause, limit } = flow
  const hold = (why: HoldReason, until: number): Asked => {
    // With one call at a time there is no share of slots to leave.
    const isAlone = limit === 1 && callsPerMinute === 0
    const isMarked = lane === 'bulk' || isAlone || (flow.singlesWaitUntil ?? 0) > now + renewedMilliseconds
    const next = { ...flow, revision: flow.revision + 1, singlesWaitUntil: until + singlesFirstMilliseconds }
    return { kind: 'hold', why, until, ...(isMarked ? {} : { next }) }
  }
  if (pause !== undefined && pause.until > now) return hold(pause.why, pause.until)
  if (flow.stops > 0 && !mayProbe) return hold('failing', now)
  const isCounted = !isOpen(flow, most)
  if (!isCounted && callsPerMinute === 0) return { kind: 'go' }
  const free = isCounted ? freeSlot(flow, context) : undefined
  if (free === 'none') return hold('busy', now)
  const turn = callsPerMinute === 0 ? undefined : nextTurn(flow, context)
  if (turn?.kind === 'late') return hold('busy', turn.until)
  if (turn?.kind === 'wait') return turn
  const { slot, slots = flow.slots } = free ?? {}
  const turns = turn === undefined ? {} : { turns: turn.turns }
  const next = { ...flow, revision: flow.revision + 1, slots, ...turns }
  return { kind: 'take', slot, startAt: turn?.startAt ?? now, next }
}

/** A free slot, and all slots with it. */
function freeSlot(
  flow: Flow,
  { lane, now, leaseSeconds }: AskContext,
): { slot: HeldSlot; slots: Flow['slots'] } | 'none' {
  const { limit } = flow
  const slots = liveSlots(flow, now)
  const taken = Object.values(slots)
  const bulkTaken = taken.filter((slot) => slot.lane === 'bulk').length
  const areSinglesWaiting = (flow.singlesWaitUntil ?? 0) > now
  const mostBulk = areSinglesWaiting ? 1 : Math.max(1, Math.floor(limit * bulkShare))
  const isFull = taken.length >= limit || (lane === 'bulk' && bulkTaken >= mostBulk)
  if (isFull) return 'none'
  const number = String(Array.from({ length: limit }, (_, index) => index).find((index) => !(index in slots)) ?? limit)
  const until = now + leaseSeconds * 1000
  return { slot: { number, until }, slots: { ...slots, [number]: { until, lane } } }
}
