import { deviceVerdict, joinResults, standingStatus } from './device-results.ts'
import type { Device } from './identifiers.ts'
import {
  type DeviceCounts,
  DeviceStatus,
  type Fold,
  isFinalDevice,
  type ProfileRequest,
  type RequestStatus,
  type Result,
  type Submission,
  type SubmissionCounts,
  missingSubmissions,
} from './request.ts'

/** What is known of one submission's devices beside the submission itself. */
export type Evidence = { devices: readonly Device[]; results: readonly Result[] }

const statuses = DeviceStatus.options
const codeOf = (status: DeviceStatus): number => statuses.indexOf(status)

/** Set beside the status of a device that has two different finals, so that conflicts need no counter of their own. */
const conflictBit = 0x80
const statusOfCode = (code: number): DeviceStatus => statuses[code & ~conflictBit] ?? 'pending'

/** The status of the device at a position, as of the last fold. */
export const deviceStatusAt = (fold: Pick<Fold, 'deviceStates'>, position: number): DeviceStatus =>
  statusOfCode(fold.deviceStates[position] ?? 0)

/** What a request is before anything is known of it. */
export function initialFold(deviceCount: number, submissions: readonly Submission[], status: RequestStatus): Fold {
  return {
    status,
    devices: { ...noDevices(), pending: deviceCount },
    submissions: countStates(submissions),
    awaitingDecision: 0,
    conflicts: 0,
    deviceStates: new Uint8Array(deviceCount),
  }
}

/**
 * Status and counts of a request, computed anew from its submissions and results: there are no counters that could
 * drift. Pure. `evidenceOf` may give nothing for a submission whose devices are all final already, and what the last
 * fold knew of it stands.
 */
export function foldRequest(
  request: ProfileRequest,
  submissions: readonly Submission[],
  evidenceOf: (submission: Submission) => Evidence | undefined,
  now: number,
): Fold {
  const deviceStates = Uint8Array.from({ length: request.deviceCount }, (_, at) => request.fold.deviceStates[at] ?? 0)
  // An environment whose clock is behind must not take back what another has seen expire.
  const latest = Math.max(now, request.updatedAt)
  for (const submission of submissions) {
    codesOf(request, submission, evidenceOf(submission), latest)?.forEach((code, offset) => {
      deviceStates[submission.firstDevice + offset] = code
    })
  }
  if (request.cancelledAt !== undefined) cancelUncreated(request, submissions, deviceStates)
  const devices = noDevices()
  for (const code of deviceStates) devices[statusOfCode(code)] += 1
  const missing = request.cancelledAt === undefined ? missingSubmissions(request, submissions).length : 0
  return {
    status: statusOf(devices, submissions, missing),
    devices,
    submissions: countStates(submissions),
    awaitingDecision: submissions.filter(({ awaitsDecision }) => awaitsDecision === true).length,
    conflicts: deviceStates.filter((code) => code >= conflictBit).length,
    deviceStates,
  }
}

/** Whether the last fold knew a final for every device of a submission, so that its results need no second reading. */
export function isSettled(fold: Pick<Fold, 'deviceStates' | 'submissions'>, submission: Submission): boolean {
  // Where submissions had failed, `failed` may stem from this one before it was tried again, and not from its results.
  const failedUnsent = fold.submissions.rejected + fold.submissions.exhausted > 0
  for (let offset = 0; offset < submission.deviceCount; offset += 1) {
    const status = deviceStatusAt(fold, submission.firstDevice + offset)
    // `expired` may still turn into a real result.
    if (!isFinalDevice(status) || status === 'expired' || (status === 'failed' && failedUnsent)) return false
  }
  return true
}

function hasOpenDevices(fold: Pick<Fold, 'deviceStates'>, { firstDevice, deviceCount }: Submission): boolean {
  for (let position = firstDevice; position < firstDevice + deviceCount; position += 1) {
    if (!isFinalDevice(deviceStatusAt(fold, position))) return true
  }
  return false
}

/**
 * When the request as a whole must be looked at again: its submissions' own dates are on the submissions.
 * @param askedAhead milliseconds before its deadline at which a submission's result may be asked for.
 */
export function requestDueAt(
  request: ProfileRequest,
  fold: Fold,
  submissions: readonly Submission[],
  { notBefore, askedAhead }: { notBefore: number; askedAhead: (submission: Submission) => number },
): number | undefined {
  const open = fold.devices.pending + fold.devices.warning
  if (open === 0) return undefined
  if (missingSubmissions(request, submissions).length > 0) return notBefore
  // What has expired can still change, but a result does that by itself: looking again and again would not.
  const dates = submissions.flatMap((submission) =>
    submission.resultsDueAt !== undefined && hasOpenDevices(fold, submission)
      ? [submission.resultsDueAt - askedAhead(submission)]
      : [],
  )
  return dates.length > 0 ? Math.max(Math.min(...dates), notBefore) : undefined
}

function codesOf(
  request: ProfileRequest,
  submission: Submission,
  evidence: Evidence | undefined,
  now: number,
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
    // Nobody will ever know, which is what `expired` says; a callback after all still turns it.
    case 'abandoned':
      return everyDevice(submission, 'expired')
    case 'submitted': {
      if (evidence === undefined) return undefined
      const overdue = submission.resultsDueAt !== undefined && submission.resultsDueAt <= now
      return joinResults(evidence.devices, evidence.results).byDevice.map((results, offset) => {
        const verdict = deviceVerdict(results, request.action, overdue)
        const status = standingStatus(verdict, deviceStatusAt(request.fold, submission.firstDevice + offset))
        return codeOf(status) | (verdict.conflict ? conflictBit : 0)
      })
    }
  }
}

const everyDevice = ({ deviceCount }: Submission, status: DeviceStatus): number[] =>
  Array.from({ length: deviceCount }, () => codeOf(status))

/** Devices of submissions that a cancelled request never came to create. */
function cancelUncreated(request: ProfileRequest, submissions: readonly Submission[], deviceStates: Uint8Array): void {
  for (const first of missingSubmissions(request, submissions)) {
    deviceStates.fill(codeOf('cancelled'), first, first + request.devicesPerSubmission)
  }
}

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

const noDevices = (): DeviceCounts => ({ pending: 0, warning: 0, succeeded: 0, failed: 0, expired: 0, cancelled: 0 })

function countStates(submissions: readonly Submission[]): SubmissionCounts {
  const counts: SubmissionCounts = {
    queued: 0,
    submitting: 0,
    waiting: 0,
    unconfirmed: 0,
    submitted: 0,
    rejected: 0,
    exhausted: 0,
    cancelled: 0,
    abandoned: 0,
  }
  for (const { state } of submissions) counts[state] += 1
  return counts
}
