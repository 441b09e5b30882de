import type { Acceptance } from '../../profile/submission/accept-request.ts'
import type { BodyFinding } from '../../profile/order/body-faults.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { viewRequest } from '../../profile/status/request-view.ts'
import type { ApiAnswer } from '../api-handler.ts'
import { withSubmissions } from './as-of-now.ts'
import { type Caller, mayUse } from '../caller.ts'
import { ProblemError, type ProblemMembers } from '../problem.ts'
import { retryAfterOf } from '../retry-after.ts'

/**
 * 202 with the request, whether ThingSpace has it already or is out of order; a problem only when ThingSpace itself
 * refused the one submission, or the key belongs to another body. A replay is answered as its original was. Warnings
 * name what of the body is sent on without being known.
 */
export function answerAcceptance(
  acceptance: Acceptance,
  warnings: readonly BodyFinding[],
  { now, caller }: { now: number; caller: Caller },
): ApiAnswer {
  const { kind, request } = acceptance
  if (kind === 'key-reused') throw new ProblemError('idempotency-key-reused', reuseOf(request, caller))
  const { submissions } = acceptance
  const [submission, ...others] = submissions
  // A refused submission that was split shows in the request instead: some of its devices may have been accepted.
  if (submission?.state === 'rejected' && others.length === 0 && submission.deviceCount === request.deviceCount) {
    throw new ProblemError('refused-by-thingspace', {
      detail: 'ThingSpace refused the request; nothing was done',
      requestId: request.requestId,
      ...(submission.error === undefined ? {} : { upstream: submission.error }),
    })
  }
  const view = viewRequest(withSubmissions(request, submissions, now), submissions)
  return {
    status: 202,
    headers: {
      location: view.links.self,
      'retry-after': retryAfterOf(view, now),
      ...(kind === 'replayed' ? { 'idempotent-replayed': 'true' } : {}),
    },
    body: { ...view, ...(warnings.length === 0 ? {} : { warnings }) },
  }
}

/** One app may hold tokens of several accounts: the request is named only to a token that may read it. */
const reuseOf = ({ requestId, accountName }: ProfileRequest, caller: Caller): ProblemMembers =>
  mayUse(caller, accountName)
    ? { detail: `request ${requestId} has this key and another body`, requestId }
    : { detail: 'another request has this key' }
