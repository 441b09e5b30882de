import type { Lane } from '../request/submission.ts'
import { flowNow, isOpen, liveSlots } from './ask.ts'
import type { Flow, FlowStore } from './flow.ts'

/** How the calls with one credential set are limited, for operators. */
export type InspectedFlow = {
  credentialSet: string
  /**
   * `limited`: fewer calls at once than the largest number. `paused`: ThingSpace asked to wait. `stopped`: all calls
   * failed, so ThingSpace must answer a probe before an order is sent.
   */
  state: 'not-limited' | 'limited' | 'paused' | 'stopped'
  /** Calls that may be under way at once. */
  limit: number
  /** The largest limit. */
  most: number
  /** The calls under way by lane. Undefined while calls are not limited, because they are not counted then. */
  underWay: Record<Lane, number> | undefined
  /** No call begins before `until` (epoch milliseconds). Undefined once the pause is over. */
  pause: Flow['pause']
  /** Failed calls since the last successful one. */
  failures: number
  /** When the limit was last lowered, in epoch milliseconds. Undefined while calls are not limited. */
  loweredAt: number | undefined
  /** What is stored. */
  stored: Flow | undefined
}

export type InspectDependencies = {
  store: Pick<FlowStore, 'readFlow'>
  /** The largest limit. */
  most: number
  clock: () => number
}

/** Reads how the calls with a credential set are limited. */
export async function inspectFlow(
  credentialSet: string,
  { store, most, clock }: InspectDependencies,
): Promise<InspectedFlow> {
  // An operator who has just ended a pause must not see it again.
  const stored = await store.readFlow(credentialSet, { isConsistent: true })
  const now = clock()
  const flow = flowNow(stored, { most, now })
  const state = stateOf(flow, { most, now })
  const pause = stored?.pause
  const isLimited = flow !== undefined && state !== 'not-limited'
  return {
    credentialSet,
    state,
    limit: Math.min(most, flow?.limit ?? most),
    most,
    underWay: isLimited ? callsUnderWay(flow, now) : undefined,
    pause: pause !== undefined && pause.until > now ? pause : undefined,
    failures: stored?.failures ?? 0,
    loweredAt: isLimited ? flow.loweredAt : undefined,
    stored,
  }
}

function stateOf(flow: Flow | undefined, { most, now }: { most: number; now: number }): InspectedFlow['state'] {
  if (flow === undefined) return 'not-limited'
  if (flow.stops > 0) return 'stopped'
  if (flow.pause !== undefined && flow.pause.until > now) return 'paused'
  return isOpen(flow, most) ? 'not-limited' : 'limited'
}

function callsUnderWay(flow: Flow, now: number): Record<Lane, number> {
  const lanes = Object.values(liveSlots(flow, now)).map(({ lane }) => lane)
  return {
    single: lanes.filter((lane) => lane === 'single').length,
    bulk: lanes.filter((lane) => lane === 'bulk').length,
  }
}
