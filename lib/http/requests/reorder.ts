import * as z from 'zod/mini'
import { FailedStatus } from '../../profile/failure/failure.ts'
import { Identifier } from '../../profile/order/identifiers.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { chooseDevices } from '../../profile/reorder/choose-devices.ts'
import { type ReorderDependencies, type Reordering, reorderRequest } from '../../profile/reorder/reorder-request.ts'
import { viewCandidates } from '../../profile/reorder/candidate-view.ts'
import type { ApiAnswer, ApiEvent } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { readParameters } from '../parameters.ts'
import { invalidBody, ProblemError } from '../problem.ts'
import { answerAcceptance } from './answer-acceptance.ts'
import { readDecision } from './read-decision.ts'
import { readIdempotencyKey } from './read-order.ts'

/** Most devices that one call names. Each is compared with every device of the request. */
const mostNamed = 1000

/** Body of /reorder. Without a body: every failed device. */
export const ReorderBody = z.strictObject({
  statuses: z._default(z.array(FailedStatus).check(z.minLength(1), z.maxLength(2)), ['failed']),
  codes: z.optional(
    z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.minLength(1), z.maxLength(100)),
  ),
  devices: z.optional(
    z
      .array(z.union([z.int().check(z.nonnegative()), z.strictObject(Identifier.shape)]))
      .check(z.minLength(1), z.maxLength(mostNamed)),
  ),
  acceptRisk: z._default(z.boolean(), false),
})

export const ReorderQuery = z.strictObject({ dryRun: z.optional(z.enum(['true', 'false'])) })

/**
 * POST /reorder: orders failed devices of a request again, as a new request that is linked to it. Answers 202 with the
 * new request, or 200 with what would be ordered for a dry run.
 */
export async function reorder(
  request: ProfileRequest,
  { event, caller }: { event: ApiEvent; caller: Caller },
  dependencies: ReorderDependencies,
): Promise<ApiAnswer> {
  const { dryRun } = readParameters(ReorderQuery, event.queryStringParameters)
  const idempotencyKey = readIdempotencyKey(event.headers['idempotency-key'])
  const filter = readDecision(ReorderBody, event)
  if (dryRun === 'true') {
    const candidates = await chooseDevices(request, { filter, reorderId: '' }, dependencies)
    const { action, accountName, requestId } = request
    return {
      status: 200,
      body: { dryRun: true, reorderOf: requestId, action, accountName, ...viewCandidates(candidates) },
    }
  }
  const call = { filter, caller: caller.id, idempotencyKey, traceparent: event.headers['traceparent'] }
  const reordering = await reorderRequest(request, call, dependencies).catch((error: unknown) => {
    dependencies.log.error('request not recorded', { requestId: request.requestId, error })
    throw notStored()
  })
  return answerReordering(request, reordering, { caller, now: dependencies.clock() })
}

const notStored = () =>
  new ProblemError('not-stored', {
    detail: 'the request could not be stored; send it again with the same Idempotency-Key',
  })

function answerReordering(
  { requestId }: ProfileRequest,
  reordering: Reordering,
  { caller, now }: { caller: Caller; now: number },
): ApiAnswer {
  switch (reordering.kind) {
    case 'accepted': {
      const { devices: _devices, ...counts } = viewCandidates(reordering.candidates)
      const answer = answerAcceptance({ ...reordering, submissions: [] }, [], { now, caller })
      return { ...answer, body: { ...answer.body, reorder: counts } }
    }
    case 'replayed':
    case 'key-reused':
    case 'not-served':
      return answerAcceptance(reordering, [], { now, caller })
    case 'nothing-to-reorder': {
      const { left } = viewCandidates(reordering.candidates)
      const words = left.map(({ reason, devices }) => `${devices} ${reason}`).join(', ')
      throw new ProblemError('nothing-to-reorder', {
        detail: words === '' ? 'no device of the request fits the filter' : `no device can be ordered again: ${words}`,
        requestId,
      })
    }
    case 'invalid':
      throw invalidBody({ list: reordering.faults, count: reordering.count })
    case 'contended':
      throw notStored()
  }
}
