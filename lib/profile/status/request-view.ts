import { type ProfileRequest, submissionCountOf } from '../request/request.ts'
import { isFinalRequest } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import { type NextStep, nextStepOf, nextStepOfRequest } from './next-step.ts'

/** Maximum number of submissions in the view of a request. A bulk request can have 10,000. */
export const submissionsShown = 20

const iso = (instant: number): string => new Date(instant).toISOString()

const viewNext = (next: NextStep | undefined) =>
  next === undefined ? null : { what: next.what, at: next.at === undefined ? null : iso(next.at), why: next.why }

/** A request as API responses show it. Times are ISO 8601 in UTC. */
export function viewRequest(request: ProfileRequest, submissions: readonly Submission[]) {
  const { summary } = request
  return {
    requestId: request.requestId,
    action: request.action,
    family: request.family,
    accountName: request.accountName,
    status: summary.status,
    final: isFinalRequest(summary.status),
    createdAt: iso(request.createdAt),
    updatedAt: iso(request.updatedAt),
    ...(request.finalAt === undefined ? {} : { finalAt: iso(request.finalAt) }),
    ...(request.cancelledAt === undefined ? {} : { cancelledAt: iso(request.cancelledAt) }),
    ...(request.cancelledBy === undefined ? {} : { cancelledBy: request.cancelledBy }),
    ...(request.reorderOf === undefined ? {} : { reorderOf: request.reorderOf }),
    ...(request.reorderedBy === undefined ? {} : { reorderedBy: request.reorderedBy }),
    devices: { total: request.deviceCount, ...summary.devices, conflicts: summary.conflicts },
    submissions: {
      total: Math.max(submissionCountOf(request), sumOf(summary.submissions)),
      byState: summary.submissions,
      awaitingDecision: summary.awaitingDecision,
      items: submissions.slice(0, submissionsShown).map((submission) => viewSubmission(submission, request)),
    },
    next: viewNext(nextStepOfRequest(request, submissions)),
    links: { self: `/v1/requests/${request.requestId}`, devices: `/v1/requests/${request.requestId}/devices` },
  }
}
export type RequestView = ReturnType<typeof viewRequest>

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

/** A request in a list: its stored summary, without submissions and the next step. */
export function viewListed(request: ProfileRequest) {
  const { submissions: _submissions, next: _next, ...view } = viewRequest(request, [])
  return view
}

function viewSubmission(submission: Submission, request: ProfileRequest) {
  const { firstDevice, deviceCount, state, attempt, upstreamRequestIds, error } = submission
  return {
    submission: submission.submission,
    devices: { first: firstDevice, count: deviceCount },
    state,
    attempt,
    upstreamRequestIds,
    ...(submission.adopted === undefined ? {} : { adopted: submission.adopted }),
    ...(error === undefined ? {} : { error }),
    ...(submission.deadLetters === undefined ? {} : { deadLetters: submission.deadLetters }),
    ...(submission.decisions === undefined
      ? {}
      : { decisions: submission.decisions.map(({ at, by, what }) => ({ at: iso(at), by, what })) }),
    attempts: submission.attempts.map((tried) => ({
      attempt: tried.attempt,
      startedAt: iso(tried.startedAt),
      finishedAt: iso(tried.finishedAt),
      outcome: tried.outcome,
      ...(tried.cause === undefined ? {} : { cause: tried.cause }),
      ...(tried.error === undefined ? {} : { error: tried.error }),
      ...(tried.upstreamRequestId === undefined ? {} : { upstreamRequestId: tried.upstreamRequestId }),
    })),
    next: isFinalRequest(request.summary.status) ? null : viewNext(nextStepOf(submission, request)),
  }
}
