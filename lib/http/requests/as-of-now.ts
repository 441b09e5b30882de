import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import { computeSummary } from '../../profile/status/summary.ts'
import { type ProfileRequest, submissionCountOf } from '../../profile/request/request.ts'
import type { Submission } from '../../profile/request/submission.ts'

/**
 * Recomputes the summary from the current submissions, because the stored summary may be older. Results are not read.
 */
export function withSubmissions(
  request: ProfileRequest,
  submissions: readonly Submission[],
  now: number,
): ProfileRequest {
  if (submissions.length === 0) return request
  return {
    ...request,
    summary: computeSummary(request, submissions, {
      evidenceOf: () => undefined,
      moment: { now, otherProfileMilliseconds: 0 },
    }).summary,
  }
}

/**
 * The request as lists show it. If the stored summary of a single submission is `submitting`, it is recomputed: the
 * attempt takes only moments, and the answer to the order has already reported its outcome.
 */
export async function asListed(
  request: ProfileRequest,
  { store, clock }: { store: Pick<SubmissionStore, 'listSubmissions'>; clock: () => number },
): Promise<ProfileRequest> {
  if (request.summary.status !== 'submitting' || submissionCountOf(request) > 1) return request
  return withSubmissions(request, await store.listSubmissions(request), clock())
}
