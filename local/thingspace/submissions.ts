import { type Action, callbackService, type Family } from './actions.ts'
import { type CallbackPlan, type PlannedCallback, planCallbacks, type SubjectStatus } from './callback-plan.ts'
import type { Delivery } from './delivery.ts'
import type { Ids } from './ids.ts'
import type { SimulatorSettings } from './settings.ts'
import type { Timers } from './timers.ts'
import type { ProfileBody, ProfileRequest } from './validation.ts'

/** One profile request that ThingSpace took. Every acceptance is a new execution, whatever was sent before. */
export type AcceptedSubmission = {
  requestId: string
  action: Action
  family: Family
  accountName: string
  body: ProfileBody
  acceptedAt: string
}

type Submission = { accepted: AcceptedSubmission; subjects: CallbackPlan['subjects']; statuses: SubjectStatus[] }

const rememberedSubmissions = 50_000

/** Accepts requests, remembers them, and starts their callbacks. */
export const createSubmissions = (settings: SimulatorSettings, ids: Ids, delivery: Delivery, timers: Timers) => {
  const submissions = new Map<string, Submission>()
  let underWay = 0
  let whenIdle: Array<() => void> = []

  const ended = () => {
    underWay -= 1
    if (underWay > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  const send = async (submission: Submission, request: ProfileRequest, planned: PlannedCallback) => {
    submission.statuses[planned.subject] = planned.settles
    const { callback, lost } = planned
    const serviceName = callbackService(request.action, request.family)
    await delivery.send({ accountName: request.accountName, serviceName, callback, lost })
  }

  const start = (submission: Submission, request: ProfileRequest, planned: PlannedCallback): Promise<void> => {
    underWay += 1
    if (planned.due.when === 'before-answer') {
      const sent = send(submission, request, planned).finally(ended)
      // A listener that keeps silent does not hold the answer back for longer than ThingSpace waits for it.
      return Promise.race([sent, timers.wait(settings.times.noAnswerMs).then(() => undefined)])
    }
    timers.after(planned.due.afterMs, () => void send(submission, request, planned).finally(ended), ended)
    return Promise.resolve()
  }

  return {
    /** Resolves with the new request id when the POST may be answered. */
    accept: async (request: ProfileRequest): Promise<string> => {
      const requestId = ids.uuid()
      const { action, family, accountName, body } = request
      const plan = planCallbacks(request, requestId, settings.times, ids.uuid)
      const acceptedAt = new Date(settings.now()).toISOString()
      const submission: Submission = {
        accepted: { requestId, action, family, accountName, body, acceptedAt },
        subjects: plan.subjects,
        statuses: plan.subjects.map(() => 'Pending'),
      }
      submissions.set(requestId, submission)
      const oldest = submissions.size > rememberedSubmissions ? submissions.keys().next().value : undefined
      if (oldest !== undefined) submissions.delete(oldest)
      await Promise.all(plan.callbacks.map((planned) => start(submission, request, planned)))
      return requestId
    },

    find: (requestId: string): Submission | undefined => submissions.get(requestId),
    accepted: (): AcceptedSubmission[] => [...submissions.values()].map(({ accepted }) => accepted),

    /** Resolves when no callback is planned or under way any more. */
    idle: (): Promise<void> =>
      new Promise((resolve) => {
        if (underWay === 0) resolve()
        else whenIdle.push(resolve)
      }),

    reset: (): void => submissions.clear(),
  }
}

export type Submissions = ReturnType<typeof createSubmissions>
