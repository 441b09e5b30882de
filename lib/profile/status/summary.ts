import { type ProfileRequest, missingSubmissions } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import { type DeviceCounts, DeviceStatus, type RequestStatus, isFinalDevice } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import { type Summary, countStates, noDevices } from '../request/summary.ts'
import { type DeviceVerdict, type Message, type Weighing, deviceVerdict, isReal } from './device-results.ts'
import { type MatchedResult, joinOwnResults } from './matching.ts'
import { actions } from '../order/actions.ts'
import type { Device } from '../order/identifiers.ts'
import { weighResult } from './weigh-result.ts'

/** What is known of one submission's devices beside the submission itself. */
export type SubmissionEvidence = { devices: readonly Device[]; results: readonly Result[] }

const statuses = DeviceStatus.options
const codeOf = (status: DeviceStatus): number => statuses.indexOf(status)

/** Set beside the status of a device that has two different finals, so that conflicts need no counter of their own. */
const conflictBit = 0x80
/** Set beside a success or failure that a result says, and not the state of the submission: it is told for good. */
const evidenceBit = 0x40
const statusOfCode = (code: number): DeviceStatus => statuses[code & ~conflictBit & ~evidenceBit] ?? 'pending'

/** The status of the device at a position, as of the last summary. */
export const deviceStatusAt = (summary: Pick<Summary, 'deviceStates'>, position: number): DeviceStatus =>
  statusOfCode(summary.deviceStates[position] ?? 0)

/** Whether a result has said that the device succeeded or failed: nothing that comes later changes what was told. */
export const isTold = (summary: Pick<Summary, 'deviceStates'>, position: number): boolean =>
  ((summary.deviceStates[position] ?? 0) & evidenceBit) !== 0

/** A verdict with the results that did not decide it, as the action makes them. */
export type StandingVerdict = DeviceVerdict & { others: readonly Result[] }

/** What the results of a submitted submission say of the device at a position, given what was told of it before. */
export function standingVerdict(
  evidence: readonly MatchedResult[],
  request: ProfileRequest,
  position: number,
  weighing: Omit<Weighing, 'callbacks'>,
): StandingVerdict {
  // What another profile of the card is said to be does not contradict what was asked of this one.
  const weighed = evidence
    .flatMap(({ result, match }) => messagesOf(result).map((message) => ({ result: message, match })))
    .map((each) =>
      each.match === 'other-profile' ? each : { ...each, result: weighResult(request.action, each.result) },
    )
  const verdict = deviceVerdict(weighed, { ...weighing, callbacks: actions[request.action].callbacks })
  const others = weighed.flatMap(({ result }) => (result === verdict.decisive ? [] : [result]))
  if (!isTold(request.summary, position)) return { ...verdict, others }
  const status = deviceStatusAt(request.summary, position)
  // Of two different finals the first that was told stands, whichever of them was received before the other.
  const contradicted = verdict.decisive !== undefined && isReal(verdict.decisive) && verdict.status !== status
  return { ...verdict, others, status, conflict: verdict.conflict || contradicted }
}

/** Every message of a result by itself, because the action may make more or less of each than the store, which does not know it. */
function messagesOf({ others = [], conflict, ...result }: Result): Message[] {
  const { upstreamRequestId, accountName, identifiers, firstReceivedAt } = result
  const beside = others.map(({ digest: _digest, ...said }): Message => ({
    upstreamRequestId,
    accountName,
    identifiers,
    firstReceivedAt,
    ...said,
    isBeside: true,
  }))
  // A conflict with a message that is kept in another place cannot be weighed.
  const isExplained = beside.some((other) => isReal(other) && other.verdict !== result.verdict)
  return [conflict === true && !isExplained ? { ...result, conflict } : result, ...beside]
}

/** A summary, and when it changes by itself although nothing more comes. */
export type ComputedSummary = { summary: Summary; settlesAt?: number | undefined }

/**
 * Status and counts of a request, computed anew from its submissions and results: there are no counters that could
 * drift. Pure. `evidenceOf` may give nothing for a submission whose devices are all told for good, and what the last
 * summary knew of it stands.
 */
export function computeSummary(
  request: ProfileRequest,
  submissions: readonly Submission[],
  evidenceOf: (submission: Submission) => SubmissionEvidence | undefined,
  moment: Pick<Weighing, 'now' | 'otherProfileMilliseconds'>,
): ComputedSummary {
  const deviceStates = Uint8Array.from(
    { length: request.deviceCount },
    (_, at) => request.summary.deviceStates[at] ?? 0,
  )
  // An environment whose clock is behind must not take back what another has seen expire.
  const latest = { ...moment, now: Math.max(moment.now, request.updatedAt) }
  const settling: number[] = []
  for (const submission of submissions) {
    const codes = codesOf(request, submission, evidenceOf(submission), latest, settling)
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
    conflicts: deviceStates.filter((code) => code >= conflictBit).length,
    deviceStates,
  }
  return settling.length === 0 ? { summary } : { summary, settlesAt: Math.min(...settling) }
}

/** Whether a result has decided every device of a submission, so that its results need no second reading. */
export function isSettled(summary: Pick<Summary, 'deviceStates'>, { firstDevice, deviceCount }: Submission): boolean {
  for (let position = firstDevice; position < firstDevice + deviceCount; position += 1) {
    if (!isTold(summary, position)) return false
  }
  return true
}

function hasOpenDevices(summary: Pick<Summary, 'deviceStates'>, { firstDevice, deviceCount }: Submission): boolean {
  for (let position = firstDevice; position < firstDevice + deviceCount; position += 1) {
    if (!isFinalDevice(deviceStatusAt(summary, position))) return true
  }
  return false
}

export type DueDates = {
  notBefore: number
  /** Milliseconds before its deadline at which a submission's result may be asked for. */
  askedAhead: (submission: Submission) => number
  settlesAt?: number | undefined
}

/** When the request as a whole must be looked at again: its submissions' own dates are on the submissions. */
export function requestDueAt(
  request: ProfileRequest,
  summary: Summary,
  submissions: readonly Submission[],
  { notBefore, askedAhead, settlesAt }: DueDates,
): number | undefined {
  const open = summary.devices.pending + summary.devices.warning
  if (open === 0) return settlesAt === undefined ? undefined : Math.max(settlesAt, notBefore)
  if (missingSubmissions(request, submissions).length > 0) return notBefore
  // What has expired can still change, but a result does that by itself: looking again and again would not.
  const dates = submissions.flatMap((submission) =>
    submission.resultsDueAt !== undefined && hasOpenDevices(summary, submission)
      ? [submission.resultsDueAt - askedAhead(submission)]
      : [],
  )
  if (settlesAt !== undefined) dates.push(settlesAt)
  return dates.length > 0 ? Math.max(Math.min(...dates), notBefore) : undefined
}

function codesOf(
  request: ProfileRequest,
  submission: Submission,
  evidence: SubmissionEvidence | undefined,
  moment: Pick<Weighing, 'now' | 'otherProfileMilliseconds'>,
  settling: number[],
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
      const weighing = { ...moment, overdue: isOverdue(submission, moment.now) }
      return joinOwnResults(evidence.devices, evidence.results).byDevice.map((results, offset) => {
        const position = submission.firstDevice + offset
        const { status, decisive, conflict, settlesAt } = standingVerdict(results, request, position, weighing)
        if (settlesAt !== undefined) settling.push(settlesAt)
        const told = isTold(request.summary, position) || (decisive !== undefined && isReal(decisive))
        return codeOf(status) | (conflict ? conflictBit : 0) | (told ? evidenceBit : 0)
      })
    }
  }
}

export const isOverdue = ({ resultsDueAt }: Submission, now: number): boolean =>
  resultsDueAt !== undefined && resultsDueAt <= now

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
