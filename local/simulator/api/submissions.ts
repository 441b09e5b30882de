import type { Action, Family } from '../actions.ts'
import { type CallbackPlan, planCallbacks, type SubjectStatus } from '../callback/callback-plan.ts'
import type { CallbackSchedule } from '../callback/callback-schedule.ts'
import type { Identifier } from '../identifiers.ts'
import type { Ids } from '../ids.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { ProfileBody, ProfileRequest } from './validation.ts'

/** A profile request that the simulator accepted. Every accepted request runs, even if it repeats an earlier one. */
export type AcceptedSubmission = {
  requestId: string
  action: Action
  family: Family
  accountName: string
  body: ProfileBody
  /** The identifiers of each device, independent of their form in the body. */
  devices: readonly (readonly Identifier[])[]
  acceptedAt: string
}

export type Submission = {
  accepted: AcceptedSubmission
  subjects: CallbackPlan['subjects']
  statuses: SubjectStatus[]
  /** Whether the overall status is Success before the devices have finished, as in both of Verizon's examples. */
  statusAhead: boolean
}

/** The oldest requests are dropped above this number of devices in total, which takes about 200 MB. */
const rememberedDevices = 200_000

/** Accepts requests, keeps them, and starts their callbacks. */
export const createSubmissions = (settings: SimulatorSettings, ids: Ids, schedule: CallbackSchedule) => {
  const submissions = new Map<string, Submission>()
  let devices = 0

  const remember = (submission: Submission) => {
    submissions.set(submission.accepted.requestId, submission)
    devices += submission.accepted.devices.length
    for (const [requestId, { accepted }] of submissions) {
      if (devices <= rememberedDevices) break
      submissions.delete(requestId)
      devices -= accepted.devices.length
    }
  }

  return {
    /** Accepts a request. Resolves to the new request id when the POST may be answered. */
    accept: async (request: ProfileRequest): Promise<string> => {
      const requestId = ids.uuid()
      const { action, family, accountName, body } = request
      const { subjects, callbacks, statusAhead } = planCallbacks(request, {
        requestId,
        times: settings.times,
        newRequestId: ids.uuid,
      })
      const acceptedAt = new Date(settings.now()).toISOString()
      const statuses = subjects.map((): SubjectStatus => 'Pending')
      const accepted = { requestId, action, family, accountName, body, devices: request.devices, acceptedAt }
      remember({ accepted, subjects, statuses, statusAhead })
      await schedule.start(request, callbacks, (subject, status) => {
        statuses[subject] = status
      })
      return requestId
    },

    find: (requestId: string): Submission | undefined => submissions.get(requestId),
    accepted: (): AcceptedSubmission[] => [...submissions.values()].map(({ accepted }) => accepted),

    reset: (): void => {
      submissions.clear()
      devices = 0
    },
  }
}

export type Submissions = ReturnType<typeof createSubmissions>
