import type { Action } from './actions.ts'
import { type Answer, jsonAnswer } from './answers.ts'
import type { SubjectStatus } from './callback-plan.ts'
import { refusal } from './errors.ts'
import type { Submissions } from './submissions.ts'

/** What the v1 look-up covers: two-way provisioning of a single device, and nothing of the local-profile family. */
const coveredByV1: ReadonlySet<Action> = new Set([
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
 * The status look-up of both versions. Verizon does not say what they answer for what they do not cover; the simulator
 * refuses it, so that no client comes to rely on it.
 */
export const requestStatus = (call: StatusCall, submissions: Submissions): Answer => {
  const submission = submissions.find(call.requestId)
  if (submission === undefined || submission.accepted.accountName !== call.accountName) {
    return refusal('REQUEST_FAILED.UnexpectedError', 'no such request on this account')
  }
  const { accepted, statuses, subjects } = submission
  if (accepted.body.devices.length > 1) {
    return refusal('REQUEST_FAILED.UnexpectedError', 'the status of a request for several devices is not available')
  }
  const { requestId } = call
  if (call.version === 1) {
    return coveredByV1.has(accepted.action)
      ? jsonAnswer(200, { requestId, status: overall(statuses) })
      : refusal('REQUEST_FAILED.UnexpectedError', `the status of ${accepted.action} is not available here`)
  }
  if (accepted.family !== 'global') {
    return refusal('REQUEST_FAILED.UnexpectedError', 'only requests for Global IoT profiles have a status here')
  }
  const subRequests = subjects.map((subject, index) => ({
    ids: [
      subject.role === 'device' ? { id: subject.line.eid, kind: 'eid' } : { id: subject.line.iccid, kind: 'iccid' },
    ],
    status: statuses[index] ?? 'Pending',
  }))
  return jsonAnswer(200, { requestId, status: overall(statuses), subRequests })
}

const overall = (statuses: readonly SubjectStatus[]): SubjectStatus => {
  if (statuses.includes('Pending')) return 'Pending'
  return statuses.includes('Failed') ? 'Failed' : 'Success'
}
