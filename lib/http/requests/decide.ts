import type { ResultStore } from '../../profile/request/result-store.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import * as z from 'zod/mini'
import { maximumDevices } from '../../profile/order/device-list.ts'
import { cancelRequest } from '../../profile/decision/cancel-request.ts'
import type { RequestDecision } from '../../profile/decision/change-each.ts'
import type { ManageDependencies } from '../../profile/decision/manage-dependencies.ts'
import { type RetryDecision, retryRequest } from '../../profile/decision/retry-request.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { summaryFromStore } from '../../profile/status/read-summary.ts'
import { viewRequest } from '../../profile/status/request-view.ts'
import type { ApiAnswer, ApiEvent } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { ProblemError } from '../problem.ts'
import { retryAfterOf } from '../retry-after.ts'
import { readDecision } from './read-decision.ts'

/**
 * Body of /retry. Without a body, the decision is about every submission. `despiteCallbacks` also sends submissions
 * that ThingSpace may already have called back about.
 */
export const RetryBody = z.strictObject({
  submissions: z.optional(z.array(z.int().check(z.nonnegative())).check(z.minLength(1), z.maxLength(maximumDevices))),
  despiteCallbacks: z._default(z.boolean(), false),
})

/**
 * Body of /cancel. Only `abandonUnconfirmed` gives up unconfirmed submissions, because ThingSpace may have accepted
 * them.
 */
export const CancelBody = z.strictObject({ abandonUnconfirmed: z._default(z.boolean(), false) })

export type DecideDependencies = ManageDependencies & {
  store: ManageDependencies['store'] & Pick<RequestStore, 'getDevices'> & Pick<ResultStore, 'listResults'>
}

/**
 * POST /retry. Answers 202 with the current request, or 409 if no submission can be retried: ThingSpace has accepted
 * all of them, may have carried them out by what it called back, or the request was cancelled.
 */
export async function retry(
  request: ProfileRequest,
  { event, caller }: { event: ApiEvent; caller: Caller },
  dependencies: DecideDependencies,
): Promise<ApiAnswer> {
  const { submissions, despiteCallbacks } = readDecision(RetryBody, event)
  const decision = await retryRequest(request, { only: submissions, despiteCallbacks, by: caller.id }, dependencies)
  requireFinished(request, decision)
  if (decision.kind === 'nothing-to-do' && decision.adopted === 0) {
    if (decision.unclear.length > 0) {
      throw new ProblemError('may-have-run', { ...riskOfRetry(request, decision), requestId: request.requestId })
    }
    throw new ProblemError('nothing-to-retry', { ...refusal(request, decision), requestId: request.requestId })
  }
  return answer(request, dependencies)
}

/** POST /cancel. Answers 202 with the current request, or 409 if every submission was sent or has ended. */
export async function stop(
  request: ProfileRequest,
  { event, caller }: { event: ApiEvent; caller: Caller },
  dependencies: DecideDependencies,
): Promise<ApiAnswer> {
  const body = readDecision(CancelBody, event)
  const decision = await cancelRequest(request, { ...body, by: caller.id }, dependencies)
  requireFinished(request, decision)
  if (decision.kind === 'nothing-to-do') {
    throw new ProblemError('nothing-to-cancel', { ...refusal(request, decision), requestId: request.requestId })
  }
  return answer(request, dependencies)
}

/**
 * Throws `not-finished` if submissions are left. A large decision may need several calls; each continues the previous
 * one.
 */
function requireFinished({ requestId }: ProfileRequest, decision: RequestDecision): void {
  if (decision.left === 0) return
  const changed = decision.kind === 'done' ? decision.changed : 0
  const detail = `${changed} submissions were changed, ${decision.left} are left; send the same decision again`
  throw new ProblemError('not-finished', { detail, requestId })
}

function refusal(request: ProfileRequest, { others }: RequestDecision): { detail: string } {
  const states = [...new Set(others)].join(', ')
  if (request.cancelledAt !== undefined) return { detail: 'the request was cancelled' }
  return { detail: states === '' ? 'no such submission' : `its submissions are ${states}` }
}

function riskOfRetry({ action }: ProfileRequest, { unclear }: RetryDecision): { detail: string } {
  const ids = `${unclear.slice(0, 5).join(', ')}${unclear.length > 5 ? ` and ${unclear.length - 5} more` : ''}`
  return {
    detail:
      `ThingSpace sent callbacks about its devices for ${ids}, which no answer has named. They may belong to this request ` +
      `or to another one for the same devices, so ${action} might run twice. Check the devices at ThingSpace and try ` +
      'again later, or send {"despiteCallbacks": true}',
  }
}

async function answer(
  { requestId }: ProfileRequest,
  { store, clock, settings }: DecideDependencies,
): Promise<ApiAnswer> {
  const request = await store.getRequest(requestId)
  if (request === undefined) throw new ProblemError('not-found', { detail: 'the request has expired' })
  const now = clock()
  const { summary, submissions } = await summaryFromStore(request, store, { now, settings })
  const view = viewRequest({ ...request, summary }, submissions)
  return { status: 202, headers: { location: view.links.self, 'retry-after': retryAfterOf(view, now) }, body: view }
}
