import type { ResultStore } from '../../profile/request/result-store.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import * as z from 'zod/mini'
import { maximumDevices } from '../../profile/order/device-list.ts'
import {
  cancelRequest,
  type RequestDecision,
  type ManageDependencies,
  type RetryDecision,
  retryRequest,
} from '../../profile/decision/manage-request.ts'
import { Findings, step } from '../../profile/order/body-faults.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { summaryFromStore } from '../../profile/status/update-summary.ts'
import { viewRequest } from '../../profile/status/request-view.ts'
import type { ApiAnswer, ApiEvent } from '../api-handler.ts'
import type { Caller } from '../caller.ts'
import { readJsonBody } from '../json-body.ts'
import { invalidBody, ProblemError } from '../problem.ts'
import { retryAfterOf } from '../retry-after.ts'

/**
 * Without a body every submission is meant. What ThingSpace may have called back about is sent only if that is said.
 */
export const RetryBody = z.strictObject({
  submissions: z.optional(z.array(z.int().check(z.nonnegative())).check(z.minLength(1), z.maxLength(maximumDevices))),
  despiteCallbacks: z._default(z.boolean(), false),
})

/**
 * Without a body what is unconfirmed stays so: it may have been accepted, and giving up on it is a decision of its own.
 */
export const CancelBody = z.strictObject({ abandonUnconfirmed: z._default(z.boolean(), false) })

export type DecideDependencies = ManageDependencies & {
  store: ManageDependencies['store'] & Pick<RequestStore, 'getDevices'> & Pick<ResultStore, 'listResults'>
}

/**
 * POST /retry: 202 with the request as it then stands; 409 when ThingSpace has all of it, or may have it by what it
 * called back about, or it was cancelled.
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

/** POST /cancel: 202 with the request as it then stands; 409 when all of it has been sent, or is over. */
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

/** The body of a decision; none stands for `{}`. */
function readDecision<Schema extends z.ZodMiniType>(schema: Schema, event: ApiEvent): z.infer<Schema> {
  const empty = event.body === undefined || event.body === ''
  const parsed = schema.safeParse(empty ? {} : readJsonBody(event))
  if (parsed.success) return parsed.data
  const faults = new Findings()
  for (const { path, message } of parsed.error.issues) faults.add(path.map(step).join(''), 'invalid', message)
  throw invalidBody(faults)
}

/** A decision about very many submissions may need several calls; each goes on where the one before stopped. */
function requireFinished({ requestId }: ProfileRequest, decision: RequestDecision): void {
  if (decision.left === 0) return
  const changed = decision.kind === 'done' ? decision.changed : 0
  const detail = `${changed} submissions were changed and ${decision.left} not reached in time; send the same decision again`
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
      `ThingSpace has called back about its devices as ${ids}, which no answer ever named. It cannot be told whether that ` +
      `was this order or another of the same devices, so ${action} might run twice. Look at the devices at ThingSpace; ` +
      'try again later; or send {"despiteCallbacks": true}',
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
