import { afterCall, effectOf } from '../../../lib/profile/flow-control/after-call.ts'
import { ask, type Asked, type HeldSlot, isOpen } from '../../../lib/profile/flow-control/ask.ts'
import type { Flow } from '../../../lib/profile/flow-control/flow.ts'
import type { SubmissionOutcome } from '../../../lib/profile/request/outcome.ts'
import type { Settings } from '../../../lib/profile/request/settings.ts'
import type { Lane } from '../../../lib/profile/request/submission.ts'
import type { Random } from '../../../lib/profile/ports.ts'

/** Whether a POST may be sent now. `usesTable`: the answer was read from the table, or a slot was written there. */
export type Permission = {
  asked: Exclude<Asked, { kind: 'take' }> | { kind: 'take'; slot: HeldSlot }
  usesTable: boolean
  /** A harmless call must be answered before the POST. */
  isProbe: boolean
}

/** Without an outcome no POST was made. */
type EndedPost = { outcome: SubmissionOutcome | undefined; startedAt: number; slot: HeldSlot | undefined }

/** Limits the POSTs of a credential set that are made at once. */
export type FlowControl = {
  ask: (now: number, call: { lane: Lane; mayProbe: boolean }) => Permission
  /** Notes a POST. Returns whether that was written to the table. */
  end: (now: number, post: EndedPost) => boolean
}

/** No limit: every POST is sent. For comparison. */
export const noFlowControl = (): FlowControl => ({
  ask: () => ({ asked: { kind: 'go' }, usesTable: false, isProbe: false }),
  end: () => false,
})

/** How long an environment believes that nothing is limited (lib/profile/flow-control/flow-control.ts). */
const freshMilliseconds = 5_000

/**
 * The gateway's flow control of one credential set. Its decisions are those of the gateway's own functions. The shared
 * record never has two writers at the same moment here.
 */
export function gatewayFlowControl({
  settings: { postsAtOnce: most, leaseSeconds, retry },
  random,
}: {
  settings: Pick<Settings, 'postsAtOnce' | 'leaseSeconds' | 'retry'>
  random: Random
}): FlowControl {
  let flow: Flow | undefined
  let limitedSince = 0
  return {
    ask(now, call) {
      // Each environment has read the record at some moment of the last five seconds.
      const isStale = flow !== undefined && !isOpen(flow, most) && now - limitedSince < freshMilliseconds * random()
      const asked = ask(isStale ? undefined : flow, { ...call, now, most, leaseSeconds })
      if (asked.kind === 'hold' && asked.next !== undefined) flow = asked.next
      if (asked.kind !== 'take')
        return { asked, usesTable: asked.kind === 'hold' && asked.why === 'busy', isProbe: false }
      flow = asked.next
      return { asked: { kind: 'take', slot: asked.slot }, usesTable: true, isProbe: asked.next.stops > 0 }
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
