import type { Callback, Subject } from './callback.ts'
import { lineOf, otherIccid } from '../identifiers.ts'
import { magicOutcome } from '../magic-identifiers.ts'
import type { Report, Step } from '../outcomes.ts'
import type { SimulatorTimes } from '../settings.ts'
import type { ProfileRequest } from '../api/validation.ts'

export type SubjectStatus = 'Pending' | 'Success' | 'Failed'

/** One callback that an accepted request causes. */
export type PlannedCallback = {
  callback: Callback
  /** The index of the device in the request. Callbacks of one device are sent in the order in which they are due. */
  device: number
  /** The index of the subject in the plan. */
  subject: number
  /** The request status of the subject once this callback is sent. */
  resultingStatus: SubjectStatus
  lost: boolean
  /** `before-answer`: sent immediately, and the response to the POST waits for it. */
  due: { when: 'before-answer' } | { when: 'later'; afterMs: number }
}

export type CallbackPlan = { subjects: Subject[]; callbacks: PlannedCallback[]; statusAhead: boolean }

type PlanOptions = { requestId: string; times: SimulatorTimes; newRequestId: () => string }

/** Plans all callbacks of an accepted request, in order. `newRequestId` supplies ids for callbacks under unknown ids. */
export const planCallbacks = (
  request: ProfileRequest,
  { requestId, times, newRequestId }: PlanOptions,
): CallbackPlan => {
  const subjects: Subject[] = []
  const callbacks: PlannedCallback[] = []
  let statusAhead = false
  for (const [device, asked] of request.devices.entries()) {
    const outcome = magicOutcome(asked)
    // A refused device cannot occur here, because it refuses the whole request.
    if (outcome.kind === 'refused') continue
    if (outcome.statusAhead === true) statusAhead = true
    for (const subject of subjectsOf(request, asked)) {
      const index = subjects.push(subject) - 1
      for (const step of outcome.steps) {
        const report = reportFor(step.report, subject)
        const { quirk } = step
        const id = step.strangeRequestId === true ? newRequestId() : requestId
        callbacks.push({
          callback: { requestId: id, request, subject, report, quirk },
          device,
          subject: index,
          resultingStatus: statusAfter(report),
          lost: step.lost === true,
          due: dueOf(step, subject, times),
        })
      }
    }
  }
  return { subjects, callbacks, statusAhead }
}

/** One subject per device. A device suspend or resume (Global IoT) has three: both profiles and then the device. */
const subjectsOf = (request: ProfileRequest, device: ProfileRequest['devices'][number]): Subject[] => {
  const line = lineOf(device)
  const asked = device.map(({ kind }) => kind)
  if (request.action !== 'device_suspend' && request.action !== 'device_resume') return [{ line, role: 'LOCAL', asked }]
  return [
    { line: { ...line, iccid: otherIccid(line) }, role: 'LEAD', asked },
    { line, role: 'LOCAL', asked },
    { line, role: 'device', asked },
  ]
}

/** "Already suspended" applies to profiles. The callback about the device as a whole still reports success. */
const reportFor = (report: Report, subject: Subject): Report =>
  report.kind === 'already-done' && subject.role === 'device' ? { kind: 'success' } : report

const statusAfter = (report: Report): SubjectStatus => {
  switch (report.kind) {
    case 'success':
    case 'success-after-warning':
      return 'Success'
    case 'warning':
      return 'Pending'
    case 'not-executed':
    case 'error-fields':
    case 'fault':
    case 'already-done':
      return 'Failed'
  }
}

const dueOf = (step: Step, subject: Subject, times: SimulatorTimes): PlannedCallback['due'] => {
  // The callback about the whole device comes after those about its profiles.
  const rest = subject.role === 'device' ? times.callbackDelayMs : 0
  switch (step.at) {
    case 'before-answer':
      return { when: 'before-answer' }
    case 'first':
      return { when: 'later', afterMs: times.callbackDelayMs + rest }
    case 'final':
      return { when: 'later', afterMs: times.callbackDelayMs + times.finalDelayMs + rest }
    case 'late':
      return { when: 'later', afterMs: times.lateDelayMs + rest }
  }
}
