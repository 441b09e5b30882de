import * as z from 'zod/mini'
import type { AuditTrail } from '../../profile/audit/audit-trail.ts'
import { describeFlow } from '../../profile/flow-control/describe-flow.ts'
import type { FlowStore } from '../../profile/flow-control/flow.ts'
import { inspectFlow } from '../../profile/flow-control/inspect-flow.ts'
import { resumeFlow } from '../../profile/flow-control/resume-flow.ts'
import type { Clock } from '../../profile/ports.ts'
import type { ApiAnswer, ApiEvent } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { requireNoParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'
import { readDecision } from '../requests/read-decision.ts'
import { credentialSetToChange } from './credential-set.ts'

export type FlowsDependencies = {
  /** The flow of each credential set. `most` is the largest limit. */
  flows: { credentialSets: readonly string[]; store: FlowStore; most: number }
  audit: AuditTrail
  clock: Clock
}

/** Body of /resume. `state` is what the caller has seen: only after a stop does a harmless call come before orders. */
export const ResumeBody = z.strictObject({ state: z.optional(z.enum(['paused', 'stopped'])) })

/** GET /v1/operate/flows: how many calls at once are made with each credential set, and which of them are held. */
export async function listFlows(
  query: unknown,
  { flows, clock }: Omit<FlowsDependencies, 'audit'>,
): Promise<ApiAnswer> {
  requireNoParameters(query)
  const seen = await Promise.all(flows.credentialSets.map((each) => inspectFlow(each, { ...flows, clock })))
  return { status: 200, body: { items: seen.map(describeFlow) } }
}

/** POST /v1/operate/flows/{credentialSet}/resume: ends a pause. */
export async function resumeFlowOf(
  { event, caller }: { event: ApiEvent; caller: Caller },
  { flows, audit, clock }: FlowsDependencies,
): Promise<ApiAnswer> {
  const credentialSet = credentialSetToChange({ event, caller }, flows.credentialSets)
  const { state } = readDecision(ResumeBody, event)
  const dependencies = { ...flows, clock, audit }
  const seen = await inspectFlow(credentialSet, dependencies)
  const isOther = seen.pause !== undefined && seen.state !== (state ?? seen.state)
  const outcome = isOther ? 'changed' : await resumeFlow(seen, caller.id, dependencies)
  if (outcome !== 'resumed') {
    const why = outcome === 'changed' ? 'its calls went on meanwhile; look at it again' : 'no pause holds its calls'
    throw new ProblemError('nothing-to-resume', { detail: why })
  }
  return { status: 200, body: describeFlow(await inspectFlow(credentialSet, dependencies)) }
}
