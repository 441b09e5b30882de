import type { Action, Reading } from '../actions.ts'
import { type Answer, jsonAnswer } from './answers.ts'
import type { SubjectStatus } from '../callback/callback-plan.ts'
import { refusal } from './errors.ts'
import type { Submission, Submissions } from './submissions.ts'

/** What the page of version 1 covers: two-way provisioning of a single device. */
const provisioning: ReadonlySet<Action> = new Set([
  'activate',
  'activate_enable',
  'deactivate',
  'profile_suspend',
  'profile_resume',
  'device_suspend',
  'device_resume',
])

type StatusCall = { version: 1 | 2; accountName: string; requestId: string }

/**
 * The status look-up of both versions, for requests of one device. Version 1 knows what its page lists; the page of
 * version 2 stands among those of Global IoT and of eUICC and excludes nothing. A permissive reading answers both for
 * everything; the strict one keeps version 2 for Global IoT. What is not covered is refused; Verizon does not say how.
 */
export const requestStatus = (call: StatusCall, submissions: Submissions, reading: Reading): Answer => {
  const submission = submissions.find(call.requestId)
  if (submission === undefined || submission.accepted.accountName !== call.accountName) {
    return refusal('REQUEST_FAILED.UnexpectedError', 'no such request on this account')
  }
  const { accepted } = submission
  if (accepted.devices.length > 1 && reading !== 'permissive') {
    return refusal('REQUEST_FAILED.UnexpectedError', 'the status of a request for several devices is not available')
  }
  if (!covers(call.version, accepted, reading)) {
    return refusal('REQUEST_FAILED.UnexpectedError', `the status of ${accepted.action} is not available here`)
  }
  const { requestId } = call
  const status = submission.statusAhead ? 'Success' : overall(submission.statuses)
  if (call.version === 2) return jsonAnswer(200, { requestId, status, ...subRequests(submission, reading) })
  // The page's word is Failed, the SDK's is Failure.
  return jsonAnswer(200, { requestId, status: reading === 'strict' && status === 'Failed' ? 'Failure' : status })
}

const covers = (version: 1 | 2, { action, family }: Submission['accepted'], reading: Reading): boolean => {
  if (reading === 'permissive') return true
  if (version === 1) return provisioning.has(action)
  return reading === 'documented' || family === 'global'
}

/** The page has `subRequests` with a list of ids each; the SDK's model has `subrequests` with one. */
const subRequests = ({ subjects, statuses }: Submission, reading: Reading) => {
  const each = subjects.map((subject, index) => ({
    id: subject.role === 'device' ? { id: subject.line.eid, kind: 'eid' } : { id: subject.line.iccid, kind: 'iccid' },
    status: statuses[index] ?? 'Pending',
  }))
  return reading === 'strict'
    ? { subrequests: each.map(({ id, status }) => ({ ids: id, status })) }
    : { subRequests: each.map(({ id, status }) => ({ ids: [id], status })) }
}

const overall = (statuses: readonly SubjectStatus[]): SubjectStatus => {
  if (statuses.includes('Pending')) return 'Pending'
  return statuses.includes('Failed') ? 'Failed' : 'Success'
}
