import type { AuditTrail } from '../../profile/audit/audit-trail.ts'
import { describeFlow } from '../../profile/flow-control/describe-flow.ts'
import type { FlowStore } from '../../profile/flow-control/flow.ts'
import { inspectFlow } from '../../profile/flow-control/inspect-flow.ts'
import { resumeFlow } from '../../profile/flow-control/resume-flow.ts'
import type { Clock } from '../../profile/ports.ts'
import type { ApiAnswer } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { ProblemError } from '../problem.ts'
import { credentialSetToChange } from './credential-set.ts'

export type FlowsDependencies = {
  /** The flow of each credential set. `most` is the largest limit. */
  flows: { credentialSets: readonly string[]; store: FlowStore; most: number }
  audit: AuditTrail
  clock: Clock
}

/** GET /v1/operate/flows: how many calls at once are made with each credential set, and which of them are held. */
export async function listFlows({ flows, clock }: Omit<FlowsDependencies, 'audit'>): Promise<ApiAnswer> {
  const seen = await Promise.all(flows.credentialSets.map((each) => inspectFlow(each, { ...flows, clock })))
  return { status: 200, body: { items: seen.map(describeFlow) } }
}

/** POST /v1/operate/flows/{credentialSet}/resume: ends a pause. */
export async function resumeFlowOf(
  caller: Caller,
  credentialSet: string | undefined,
  { flows, audit, clock }: FlowsDependencies,
): Promise<ApiAnswer> {
  const set = credentialSetToChange(caller, credentialSet, flows.credentialSets)
  const dependencies = { ...flows, clock, audit }
  const outcome = await resumeFlow(await inspectFlow(set, dependencies), caller.id, dependencies)
  if (outcome !== 'resumed') {
    const why = outcome === 'changed' ? 'its calls went on meanwhile; look at it again' : 'no pause holds its calls'
    throw new ProblemError('nothing-to-resume', { detail: why })
  }
  return { status: 200, body: describeFlow(await inspectFlow(set, dependencies)) }
}
