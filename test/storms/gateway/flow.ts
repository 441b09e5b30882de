import { afterCall, effectOf } from '../../../lib/profile/flow-control/after-call.ts'
import { ask, type Asked, type AskContext, type HeldSlot, isOpen } from '../../../lib/profile/flow-control/ask.ts'
import { freshMilliseconds } from '../../../lib/profile/flow-control/flow-control.ts'
import type { Flow } from '../../../lib/profile/flow-control/flow.ts'
import type { SubmissionOutcome } from '../../../lib/profile/request/outcome.ts'
import type { Settings } from '../../../lib/profile/request/settings.ts'
import type { Random } from '../../../lib/profile/ports.ts'

/** Whether a POST may be sent now. `usesTable`: the answer was read from the table, or a slot was written there. */
export type Permission = {
  asked:
    | Exclude<Asked, { kind: 'take' | 'wait' }>
    | { kind: 'take'; slot: HeldSlot | undefined; startAt: number }
    | { kind: 'wait'; until: number }
  usesTable: boolean
  /** A harmless call must be answered before the POST. */
  isProbe: boolean
}

/** Without an outcome no POST was made. */
type EndedPost = { outcome: SubmissionOutcome | undefined; startedAt: number; slot: HeldSlot | undefined }

/** Limits the POSTs of a credential set that are made at once. */
export type FlowControl = {
  ask: (now: number, call: Pick<AskContext, 'lane' | 'mayProbe' | 'latestStart'>) => Permission
  /** Notes a POST. Returns whether that was written to the table. */
  end: (now: number, post: EndedPost) => boolean
}

/** A pause is known without the table. */
const isPaused = (asked: Asked): boolean => asked.kind === 'hold' && asked.why !== 'busy'

/** No limit: every POST is sent. For comparison. */
export const noFlowControl = (): FlowControl => ({
  ask: () => ({ asked: { kind: 'go' }, usesTable: false, isProbe: false }),
  end: () => false,
})

/**
 * The gateway's flow control of one credential set. Its decisions are those of the gateway's own functions. The shared
 * record never has two writers at the same moment here.
 */
export function gatewayFlowControl({
  settings: { postsAtOnce: most, callsPerMinute, leaseSeconds, retry },
  random,
}: {
  settings: Pick<Settings, 'postsAtOnce' | 'callsPerMinute' | 'leaseSeconds' | 'retry'>
  random: Random
}): FlowControl {
  let flow: Flow | undefined
  let limitedSince = 0
  return {
    ask(now, call) {
      // Each environment has read the record at some moment of the last five seconds.
      const isStale = flow !== undefined && !isOpen(flow, most) && now - limitedSince < freshMilliseconds * random()
      // A turn is written, and whoever knows an older record is refused.
      const asked = ask(isStale && callsPerMinute === 0 ? undefined : flow, {
        ...call,
        now,
        most,
        callsPerMinute,
        leaseSeconds,
      })
      if (asked.kind === 'hold' && asked.next !== undefined) flow = asked.next
      if (asked.kind !== 'take') return { asked, usesTable: asked.kind !== 'go' && !isPaused(asked), isProbe: false }
      flow = asked.next
      const { slot, startAt } = asked
      return { asked: { kind: 'take', slot, startAt }, usesTable: true, isProbe: asked.next.stops > 0 }
    },
    end(now, { outcome, startedAt, slot }) {
      const effect = outcome === undefined ? ({ kind: 'none' } as const) : effectOf(outcome)
      const next = afterCall(flow, { effect, startedAt, slot }, { now, most, retry, random })
      if (next === undefined) return false
      if (isOpen(flow, most) && !isOpen(next, most)) limitedSince = now
      flow = next
      return true
    },
  }
}
