import type { Random } from '../ports.ts'
import type { SubmissionOutcome } from '../request/outcome.ts'
import type { Settings } from '../request/settings.ts'
import { flowNow, type HeldSlot } from './ask.ts'
import { ceilingOf, mayRise } from './ceiling.ts'
import { type Flow, openFlow } from './flow.ts'

/** What a call says about how many calls ThingSpace takes. */
export type Effect =
  /** ThingSpace has answered the call itself. */
  | { kind: 'success' }
  /** ThingSpace took too many calls, or is not there. */
  | { kind: 'overload'; isThrottled?: boolean; retryAfterSeconds?: number | undefined }
  /** The call failed for a reason that need not concern others. If all calls fail, they stop. */
  | { kind: 'failure' }
  /** Nothing: the call was not made, or its outcome does not tell. */
  | { kind: 'none' }

/** What the outcome of an attempt says. 502, 503 and 504 come from a front end that cannot reach ThingSpace. */
export function effectOf(outcome: SubmissionOutcome): Effect {
  switch (outcome.kind) {
    case 'accepted':
    case 'refused':
      return { kind: 'success' }
    case 'not-accepted':
      return outcome.cause === 'credentials'
        ? { kind: 'failure' }
        : {
            kind: 'overload',
            isThrottled: outcome.cause === 'throttled',
            retryAfterSeconds: outcome.retryAfterSeconds,
          }
    case 'unknown':
      switch (outcome.cause) {
        case 'no-answer':
        case 'connection-lost':
          return { kind: 'overload' }
        case 'server-error':
          return { kind: [502, 503, 504].includes(outcome.error.status ?? 0) ? 'overload' : 'failure' }
        case 'unreadable-answer':
        case 'lease-expired':
        case 'table-restored':
          return { kind: 'none' }
      }
  }
}

/** So many overloaded calls in a row stop the calls, and at least as many as the limit. */
const overloadsToStop = 5
/** The same if no call says that ThingSpace takes too many. They do not lower the limit. */
const failuresToStop = 10
/** A longer `Retry-After` concerns the call that it answers. The others ask again after this time. */
const longestRetryAfterSeconds = 3_600
const longestPauseSeconds = 60

type CallContext = {
  now: number
  /** The largest limit. */
  most: number
  random: Random
  /** Pauses begin like retries, and end like them if their cap is shorter than a minute. */
  retry: Settings['retry']
}

export type EndedCall = { effect: Effect; startedAt: number; slot: HeldSlot | undefined }

/**
 * The flow after a call has ended. Undefined if there is nothing to store.
 *
 * The limit is halved after an overload, once for all calls that were under way, and rises by one after as many
 * successes as the limit. If all calls fail, the limit is one call, which is made after a pause. Each further failure
 * doubles the pause.
 */
export function afterCall(stored: Flow | undefined, call: EndedCall, context: CallContext): Flow | undefined {
  const { effect, slot } = call
  const from = flowNow(stored, context) ?? openFlow(context.most)
  const freed = slot === undefined ? from : withoutSlot(from, slot)
  const next = (() => {
    switch (effect.kind) {
      case 'success':
        return afterSuccess(freed, slot !== undefined, context)
      case 'overload':
      case 'failure':
        return afterFailure(freed, { ...call, effect }, context)
      case 'none':
        return freed
    }
  })()
  return next === from ? undefined : { ...next, revision: from.revision + 1 }
}

function withoutSlot(flow: Flow, slot: HeldSlot): Flow {
  const { [slot.number]: kept, ...others } = flow.slots
  return kept?.until === slot.until ? { ...flow, slots: others } : flow
}

/** Only calls with a slot raise the limit, because others were made before calls were limited. */
function afterSuccess(flow: Flow, hasSlot: boolean, { now, most }: CallContext): Flow {
  if (!hasSlot && flow.failures === 0) return flow
  const { pause, ...rest } = flow
  const isStillAsked = pause?.why === 'retry-after' && pause.until > now
  const successes = flow.successes + (hasSlot ? 1 : 0)
  const isRaised = successes >= flow.limit && mayRise(flow, now)
  const limit = Math.min(most, flow.limit + (isRaised ? 1 : 0))
  return {
    ...rest,
    ...(isStillAsked ? { pause } : {}),
    limit,
    successes: isRaised ? 0 : Math.min(successes, flow.limit),
    failures: 0,
    stops: 0,
    // Without a limit nobody releases slots any more.
    ...(limit >= most ? { slots: {}, ceiling: undefined } : {}),
  }
}

function afterFailure(
  flow: Flow,
  { effect, startedAt, slot }: EndedCall & { effect: Extract<Effect, { kind: 'overload' | 'failure' }> },
  context: CallContext,
): Flow {
  const { now, most, random, retry } = context
  const isNews = startedAt >= flow.loweredAt
  const asksFor = effect.kind === 'overload' ? (effect.retryAfterSeconds ?? 0) : 0
  const retryAfterSeconds = Math.min(asksFor, longestRetryAfterSeconds)
  const asked = retryAfterSeconds === 0 ? flow : paused(flow, 'retry-after', now + retryAfterSeconds * 1000)
  // A call without a slot was made by an environment that did not know of the limit yet. Many of them would lower it to
  // one within seconds.
  if (slot === undefined && flow.limit < most) return asked
  // A call that began before the stop says nothing about the time after it.
  if (!isNews && flow.stops > 0) return asked
  const halved = Math.max(1, Math.floor(flow.limit / 2))
  // A limit just below the largest one counts the calls, so that successes show too.
  const counted = Math.min(flow.limit, most - 1)
  const isThrottled = effect.kind === 'overload' && effect.isThrottled === true && isNews
  const ceiling = isThrottled ? ceilingOf(flow, context) : flow.ceiling
  const below = isThrottled && ceiling !== undefined ? Math.max(1, ceiling.limit - 1) : most
  const limit = effect.kind === 'overload' && isNews ? Math.min(halved, below) : counted
  const failures = flow.failures + 1
  const lowered = limit === flow.limit ? asked : { ...asked, limit, loweredAt: now, successes: 0 }
  const enough = effect.kind === 'overload' ? Math.max(overloadsToStop, limit) : failuresToStop
  // What fails always says nothing about how many calls ThingSpace takes.
  if (failures < enough) return { ...lowered, failures, ...(ceiling === undefined ? {} : { ceiling }) }
  const cap = Math.min(longestPauseSeconds, retry.capSeconds)
  const seconds = Math.min(cap, retry.firstDelaySeconds * 2 ** Math.min(flow.stops, 10))
  // Jitter, so that the credential sets of one outage do not all try again at once.
  const until = now + Math.round(seconds * 1000 * (0.75 + random() / 4))
  const stopped = { ...lowered, limit: 1, loweredAt: now, successes: 0, failures, stops: flow.stops + 1 }
  const { ceiling: _unknown, ...unbounded } = stopped
  return paused(unbounded, 'failing', until)
}

/** Begins a pause, unless a longer one has begun. */
const paused = (flow: Flow, why: 'retry-after' | 'failing', until: number): Flow =>
  flow.pause !== undefined && flow.pause.until >= until ? flow : { ...flow, pause: { until, why } }
