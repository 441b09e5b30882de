import { audited, type AuditTrail } from '../audit/audit-trail.ts'
import type { FlowStore } from './flow.ts'
import type { InspectedFlow } from './inspect-flow.ts'

/**
 * `nothing-to-resume`: no pause holds calls, and they are not stopped. `changed`: the flow has changed since it was
 * inspected, so nothing was done.
 */
export type ResumeOutcome = 'resumed' | 'nothing-to-resume' | 'changed'

export const isResumable = ({ state }: InspectedFlow): boolean => state === 'paused' || state === 'stopped'

/**
 * Ends the pause of a credential set, and forgets its failures. The limit stays: after a stop one call at a time is made,
 * and five more failures stop the calls again.
 */
export async function resumeFlow(
  seen: InspectedFlow,
  by: string,
  { store, audit }: { store: Pick<FlowStore, 'saveFlow'>; audit: AuditTrail },
): Promise<ResumeOutcome> {
  const { credentialSet, state, failures, stored } = seen
  if (stored === undefined || !isResumable(seen)) return 'nothing-to-resume'
  const { pause, ...rest } = stored
  const next = { ...rest, revision: stored.revision + 1, failures: 0, stops: 0 }
  const why = pause?.why ?? 'failing'
  const saved = await audited(
    audit,
    { act: 'flow.resume', actor: by, subject: credentialSet, detail: { state, why, failures } },
    {
      effect: () => store.saveFlow(credentialSet, next, stored.revision),
      outcomeOf: ({ kind }) => ({ result: kind === 'saved' ? 'done' : 'nothing-done' }),
    },
  )
  return saved.kind === 'saved' ? 'resumed' : 'changed'
}
