import type { Action, Reading } from '../actions.ts'
import { type Answer, jsonAnswer } from './answers.ts'
import type { SubjectStatus } from '../callback/callback-plan.ts'
import { refusal } from './errors.ts'
import type { Submission, Submissions } from './submissions.ts'

/** The actions on the page of version 1, which covers two-way provisioning of a single device. */
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
 * Answers a status look-up of either version for a request with one device. Version 1 covers the actions on its page. The
 * page of version 2 belongs to Global IoT and eUICC and excludes no action. The permissive reading answers all look-ups in
 * both versions, and the strict one limits version 2 to Global IoT. Verizon does not document the error for others.
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
  // The page documents Failed, the SDK Failure.
  return jsonAnswer(200, { requestId, status: reading === 'strict' && status === 'Failed' ? 'Failure' : status })
}

const covers = (version: 1 | 2, { action, family }: Submission['accepted'], reading: Reading): boolean => {
  if (reading === 'permissive') return true
  if (version === 1) return provisioning.has(action)
  return reading === 'documented' || family === 'global'
}

/** The page documents `subRequests` with a list of ids each. The SDK's model has `subrequests` with one id. */
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
