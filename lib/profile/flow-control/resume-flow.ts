import { audited, type AuditTrail } from '../audit/audit-trail.ts'
import type { FlowStore } from './flow.ts'
import type { InspectedFlow } from './inspect-flow.ts'

/** `nothing-to-resume`: no pause holds calls. `changed`: the flow has changed since it was inspected. */
export type ResumeOutcome = 'resumed' | 'nothing-to-resume' | 'changed'

/**
 * Ends the pause of a credential set. The limit stays. After a stop the next call is a probe, so that no order is tried
 * before ThingSpace has answered; if the probe fails, the pauses begin with short ones again.
 */
export async function resumeFlow(
  seen: InspectedFlow,
  by: string,
  { store, audit }: { store: Pick<FlowStore, 'saveFlow'>; audit: AuditTrail },
): Promise<ResumeOutcome> {
  const { credentialSet, state, failures, stored } = seen
  if (stored === undefined || seen.pause === undefined) return 'nothing-to-resume'
  const { pause: _ended, ...rest } = stored
  const next = { ...rest, revision: stored.revision + 1, stops: Math.min(stored.stops, 1) }
  const saved = await audited(
    audit,
    { act: 'flow.resume', actor: by, subject: credentialSet, detail: { state, why: seen.pause.why, failures } },
    {
      effect: () => store.saveFlow(credentialSet, next, stored.revision),
      outcomeOf: ({ kind }) => ({ result: kind === 'saved' ? 'done' : 'nothing-done' }),
    },
  )
  return saved.kind === 'saved' ? 'resumed' : 'changed'
}
