import type { Acceptance } from '../../profile/submission/accept-request.ts'
import type { BodyFinding } from '../../profile/order/body-faults.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { viewRequest } from '../../profile/status/request-view.ts'
import { admissionText } from '../../profile/listener/admit-accounts.ts'
import type { Admission } from '../../profile/submission/admission.ts'
import type { ApiAnswer } from '../api-call.ts'
import { withSubmissions } from './as-of-now.ts'
import { type Caller, mayUse } from '../caller.ts'
import { ProblemError, type ProblemMembers } from '../problem.ts'
import { retryAfterOf } from '../retry-after.ts'
import { traceHeader } from './trace-header.ts'

/**
 * Answers an order with 202 and the request, whether or not ThingSpace has accepted it yet. Throws a problem only if
 * ThingSpace refused the whole request, if the Idempotency-Key was used for another body, or if the account is not
 * served. A replay is answered like its original. `warnings` list members of the body that the gateway does not know and
 * sends on.
 */
export function answerAcceptance(
  acceptance: Acceptance,
  warnings: readonly BodyFinding[],
  { now, caller }: { now: number; caller: Caller },
): ApiAnswer & { body: object } {
  if (acceptance.kind === 'not-served') {
    throw new ProblemError('account-not-served', {
      detail: `${admissionText[acceptance.reason]}; nothing was stored or sent`,
    })
  }
  const { kind, request } = acceptance
  if (kind === 'key-reused') throw new ProblemError('idempotency-key-reused', reuseOf(request, caller))
  const { submissions, admission } = acceptance
  const allWarnings = [...warnings, ...warningsOf(admission)]
  const [submission, ...others] = submissions
  // If a refused submission was split, some of its devices may have been accepted. The request shows that instead.
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
      ...traceHeader(request),
      ...(kind === 'replayed' ? { 'idempotent-replayed': 'true' } : {}),
    },
    body: { ...view, ...(allWarnings.length === 0 ? {} : { warnings: allWarnings }) },
  }
}

/** An accepted order whose results may not arrive has a warning about its account. */
function warningsOf(admission: Admission | undefined): BodyFinding[] {
  if (admission === undefined || admission.kind === 'admitted') return []
  const code = admission.kind === 'in-doubt' ? 'account-in-doubt' : 'account-not-served'
  return [{ pointer: '/accountName', code, detail: admissionText[admission.reason] }]
}

/** An app may have tokens for several accounts. Name the request only if this token may read it. */
const reuseOf = ({ requestId, accountName }: ProfileRequest, caller: Caller): ProblemMembers =>
  mayUse(caller, accountName)
    ? { detail: `request ${requestId} used this key with another body`, requestId }
    : { detail: 'another request used this key' }
