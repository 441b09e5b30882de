import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import { computeSummary } from '../../profile/status/summary.ts'
import { type ProfileRequest, submissionCountOf } from '../../profile/request/request.ts'
import type { Submission } from '../../profile/request/submission.ts'

/** The request with its submissions as they stand: the stored summary is a moment older than their last change. */
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
 * The request as a list shows it. A single submission's attempt is under way only for moments, and the answer to the
 * order has told its outcome already: what the stored summary still calls `submitting` is looked at again.
 */
export async function asListed(
  request: ProfileRequest,
  { store, clock }: { store: Pick<SubmissionStore, 'listSubmissions'>; clock: () => number },
): Promise<ProfileRequest> {
  if (request.summary.status !== 'submitting' || submissionCountOf(request) > 1) return request
  return withSubmissions(request, await store.listSubmissions(request), clock())
}
