import type { NormalisedCallback, Provenance } from '../request/callback.ts'
import { type ProfileRequest, submissionCountOf } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import { type DeviceStatus, isFinalRequest } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import type { Message, Weighing } from './device-results.ts'
import type { MatchedResult } from './matching.ts'
import { isOverdue, standingVerdict } from './summary.ts'
import type { Device } from '../order/identifiers.ts'
import { type NextStep, nextStepOf, nextStepOfRequest } from './next-step.ts'
import type { UpstreamError } from '../request/outcome.ts'

/** How many submissions the request itself shows; a bulk request of single devices has 10,000. */
export const submissionsShown = 20

const iso = (instant: number): string => new Date(instant).toISOString()

const viewNext = (next: NextStep | undefined) =>
  next === undefined ? null : { what: next.what, at: next.at === undefined ? null : iso(next.at), why: next.why }

/** A request as callers see it. Times are ISO 8601 in UTC. */
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

/** A request in a list: what the last summary knew of it. */
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

/** One device of a request with what is known of it. */
export type DeviceView = {
  position: number
  deviceIds: Device
  status: DeviceStatus
  /** Nothing while the submission has not been created. */
  submission: number | null
  conflict?: true
  error?: UpstreamError
  result?: Omit<NormalisedCallback, 'digest' | 'raw' | 'provenance'> & {
    provenance: 'callback' | 'adopted' | Provenance
    receivedAt: string
  }
  others?: { verdict: string; receivedAt: string }[]
}

/** What is known of one device of a request. Without a submission, or an upstream request id, there are no results. */
export type KnownDevice = {
  device: Device
  position: number
  submission: Submission | undefined
  evidence: readonly MatchedResult[]
}

export function viewDevice(
  { device, position, submission, evidence }: KnownDevice,
  request: ProfileRequest,
  moment: Pick<Weighing, 'now' | 'otherProfileMilliseconds'>,
): DeviceView {
  const base = { position, deviceIds: device, submission: submission?.submission ?? null }
  if (submission === undefined) return { ...base, status: request.cancelledAt === undefined ? 'pending' : 'cancelled' }
  switch (submission.state) {
    case 'queued':
    case 'submitting':
    case 'waiting':
    case 'unconfirmed':
      return { ...base, status: 'pending' }
    case 'cancelled':
      return { ...base, status: 'cancelled' }
    case 'abandoned':
      return { ...base, status: 'expired', ...(submission.error === undefined ? {} : { error: submission.error }) }
    case 'rejected':
    case 'exhausted':
      return { ...base, status: 'failed', ...(submission.error === undefined ? {} : { error: submission.error }) }
    case 'submitted': {
      const weighing = { ...moment, overdue: isOverdue(submission, moment.now) }
      const verdict = standingVerdict(evidence, request, position, weighing)
      const others = verdict.others.map((other) => ({ verdict: other.verdict, receivedAt: iso(other.receivedAt) }))
      return {
        ...base,
        status: verdict.status,
        ...(verdict.conflict ? { conflict: true } : {}),
        ...(verdict.decisive === undefined ? {} : { result: viewResult(verdict.decisive, submission) }),
        ...(others.length > 0 ? { others } : {}),
      }
    }
  }
}

/** Where a result comes from: a callback, one that was adopted, or what it says itself. */
const provenanceOf = (result: Result, { adopted = [] }: Pick<Submission, 'adopted'>) =>
  result.provenance ?? (adopted.includes(result.upstreamRequestId) ? 'adopted' : 'callback')

function viewResult(result: Message, submission: Pick<Submission, 'adopted'>): NonNullable<DeviceView['result']> {
  const {
    accountName: _account,
    raw: _raw,
    firstReceivedAt: _first,
    receivedAt,
    conflict: _conflict,
    others: _others,
    isBeside: _isBeside,
    ...shown
  } = result
  return { ...shown, provenance: provenanceOf(result, submission), receivedAt: iso(receivedAt) }
}

/** A result that came for the request and names none of its devices. It changes nothing, and somebody may know why it came. */
export const viewUnmatched = (result: Result) => viewResult(result, {})
