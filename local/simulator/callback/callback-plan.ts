import type { Callback, Subject } from './callback.ts'
import { lineOf, otherIccid } from '../identifiers.ts'
import { magicOutcome } from '../magic-identifiers.ts'
import type { Report, Step } from '../outcomes.ts'
import type { SimulatorTimes } from '../settings.ts'
import type { ProfileRequest } from '../api/validation.ts'

export type SubjectStatus = 'Pending' | 'Success' | 'Failed'

/** One callback that an accepted request will cause. */
export type PlannedCallback = {
  callback: Callback
  /** Which device of the request: its messages go out in the order they are due. */
  device: number
  /** Which of the request's subjects it is about, and what the request status then says of it. */
  subject: number
  settles: SubjectStatus
  lost: boolean
  /** `before-answer`: at once, and the answer to the POST waits for it. */
  due: { when: 'before-answer' } | { when: 'later'; afterMs: number }
}

export type CallbackPlan = { subjects: Subject[]; callbacks: PlannedCallback[]; statusAhead: boolean }

/** Turns an accepted request into all that will be called back, in order. */
export const planCallbacks = (
  request: ProfileRequest,
  requestId: string,
  times: SimulatorTimes,
  newRequestId: () => string,
): CallbackPlan => {
  const subjects: Subject[] = []
  const callbacks: PlannedCallback[] = []
  let statusAhead = false
  for (const [device, asked] of request.devices.entries()) {
    const outcome = magicOutcome(asked)
    // A device that is refused never gets here: its whole request was.
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
          settles: settledBy(report),
          lost: step.lost === true,
          due: dueOf(step, subject, times),
        })
      }
    }
  }
  return { subjects, callbacks, statusAhead }
}

/** One subject a device, except that a suspended or resumed Global device answers for both profiles and then itself. */
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

/** "Already suspended" is said of a profile; the device as a whole is then suspended with success. */
const reportFor = (report: Report, subject: Subject): Report =>
  report.kind === 'already-done' && subject.role === 'device' ? { kind: 'success' } : report

const settledBy = (report: Report): SubjectStatus => {
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
  // The message about the whole device comes after those about its profiles.
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
