import type { Device } from '../order/identifiers.ts'
import { type ProfileRequest, missingSubmissions } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import type { DeviceCounts, DeviceStatus, RequestStatus } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import { type Summary, countStates, noDevices } from '../request/summary.ts'
import { type Weighing, isConclusive } from './device-results.ts'
import { codeOf, deviceStatusAt, hasOpenDevices, isConflict, isReported, statusOfCode } from './device-states.ts'
import { joinOwnResults } from './matching.ts'
import { isOverdue, currentVerdict } from './current-verdict.ts'

/** The devices of one submission and the results stored under its upstream request ids. */
export type SubmissionEvidence = { devices: readonly Device[]; results: readonly Result[] }

/** A summary, and when it changes without further results, in epoch milliseconds. */
export type ComputedSummary = { summary: Summary; settlesAt?: number | undefined }

type Moment = Pick<Weighing, 'now' | 'otherProfileMilliseconds'>

/**
 * Computes the status and counts of a request from its submissions and results. It uses no counters, so none can drift.
 * If `evidenceOf` returns undefined for a submission, its devices keep their status from the last summary.
 */
export function computeSummary(
  request: ProfileRequest,
  stored: readonly Submission[],
  { evidenceOf, moment }: { evidenceOf: (submission: Submission) => SubmissionEvidence | undefined; moment: Moment },
): ComputedSummary {
  const submissions = stored.map((each) =>
    isCreatedTooLate(each, request) ? { ...each, state: 'cancelled' as const } : each,
  )
  const deviceStates = Uint8Array.from(
    { length: request.deviceCount },
    (_, at) => request.summary.deviceStates[at] ?? 0,
  )
  // Clock skew: do not un-expire a device that another instance has already expired.
  const latest = { ...moment, now: Math.max(moment.now, request.updatedAt) }
  const settling: number[] = []
  for (const submission of submissions) {
    const evidence = evidenceOf(submission)
    const codes = codesOf(submission, request, { evidence, moment: latest, settling })
    codes?.forEach((code, offset) => {
      deviceStates[submission.firstDevice + offset] = code
    })
  }
  if (request.cancelledAt !== undefined) cancelUncreated(request, submissions, deviceStates)
  const devices = noDevices()
  for (const code of deviceStates) devices[statusOfCode(code)] += 1
  const missing = request.cancelledAt === undefined ? missingSubmissions(request, submissions).length : 0
  const summary = {
    status: statusOf(devices, submissions, missing),
    devices,
    submissions: countStates(submissions),
    awaitingDecision: submissions.filter(({ awaitsDecision }) => awaitsDecision === true).length,
    conflicts: deviceStates.filter(isConflict).length,
    deviceStates,
  }
  return settling.length === 0 ? { summary } : { summary, settlesAt: Math.min(...settling) }
}

export type DueDates = {
  /** The earliest date to return: large requests collect results between two summaries. */
  notBefore: number
  /** How long before its deadline ThingSpace may be asked for a submission's result, in milliseconds. */
  askedAhead: (submission: Submission) => number
  settlesAt?: number | undefined
}

/**
 * When the sweep must process the request again, in epoch milliseconds; undefined if it need not. Retries and leases have
 * dates of their own, on the submissions.
 */
export function requestDueAt(
  request: ProfileRequest,
  { summary, submissions }: { summary: Summary; submissions: readonly Submission[] },
  { notBefore, askedAhead, settlesAt }: DueDates,
): number | undefined {
  const open = summary.devices.pending + summary.devices.warning
  if (open === 0) return settlesAt === undefined ? undefined : Math.max(settlesAt, notBefore)
  if (missingSubmissions(request, submissions).length > 0) return notBefore
  // Expired devices need no date: a late result triggers a summary by itself.
  const dates = submissions.flatMap((submission) =>
    submission.resultsDueAt !== undefined && hasOpenDevices(summary, submission)
      ? [submission.resultsDueAt - askedAhead(submission)]
      : [],
  )
  if (settlesAt !== undefined) dates.push(settlesAt)
  return dates.length > 0 ? Math.max(Math.min(...dates), notBefore) : undefined
}

/** The device states of one submission; undefined to keep those of the last summary. Adds to `settling`. */
function codesOf(
  submission: Submission,
  request: ProfileRequest,
  { evidence, moment, settling }: { evidence: SubmissionEvidence | undefined; moment: Moment; settling: number[] },
): number[] | undefined {
  switch (submission.state) {
    case 'queued':
    case 'submitting':
    case 'waiting':
    case 'unconfirmed':
      return everyDevice(submission, 'pending')
    case 'rejected':
    case 'exhausted':
      return everyDevice(submission, 'failed')
    case 'cancelled':
      return everyDevice(submission, 'cancelled')
    // The outcome is unknown, so the devices count as expired. A late callback can still change that.
    case 'abandoned':
      return everyDevice(submission, 'expired')
    case 'submitted': {
      if (evidence === undefined) return undefined
      const weighing = { ...moment, overdue: isOverdue(submission, moment.now) }
      return joinOwnResults(evidence.devices, evidence.results).byDevice.map((results, offset) => {
        const position = submission.firstDevice + offset
        const { status, decisive, conflict, settlesAt } = currentVerdict(results, { request, position, weighing })
        if (settlesAt !== undefined) settling.push(settlesAt)
        const reported = isReported(request.summary, position) || (decisive !== undefined && isConclusive(decisive))
        return codeOf(status, { conflict, reported })
      })
    }
  }
}

const everyDevice = ({ deviceCount }: Submission, status: DeviceStatus): number[] =>
  Array.from({ length: deviceCount }, () => codeOf(status))

/**
 * Whether a worker created the submission after the request was cancelled and its devices were told as cancelled. The
 * worker will cancel it, so they stay what they are.
 */
const isCreatedTooLate = ({ state, attempt, firstDevice }: Submission, request: ProfileRequest): boolean =>
  state === 'queued' &&
  attempt === 0 &&
  request.cancelledAt !== undefined &&
  deviceStatusAt(request.summary, firstDevice) === 'cancelled'

/** Marks the devices whose submissions were never created, because the request was cancelled before. */
function cancelUncreated(request: ProfileRequest, submissions: readonly Submission[], deviceStates: Uint8Array): void {
  for (const first of missingSubmissions(request, submissions)) {
    deviceStates.fill(codeOf('cancelled'), first, first + request.devicesPerSubmission)
  }
}

/** The status of the request: that of its most urgent submission, or of its devices once every submission is sent. */
function statusOf(devices: DeviceCounts, submissions: readonly Submission[], missing: number): RequestStatus {
  const count = (state: Submission['state']) => submissions.filter((submission) => submission.state === state).length
  if (count('unconfirmed') > 0) return 'unconfirmed'
  if (count('waiting') > 0) return 'retrying'
  const unsent = count('queued') + missing
  if (count('submitting') > 0) return 'submitting'
  if (unsent > 0) return count('submitted') > 0 ? 'submitting' : 'queued'
  if (devices.pending + devices.warning > 0) return 'submitted'
  if (devices.succeeded > 0) {
    return devices.failed + devices.expired + devices.cancelled > 0 ? 'partially_succeeded' : 'succeeded'
  }
  if (devices.failed > 0) return 'failed'
  return devices.expired > 0 ? 'expired' : 'cancelled'
}
