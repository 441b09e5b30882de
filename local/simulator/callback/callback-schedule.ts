import { callbackService } from '../actions.ts'
import type { PlannedCallback, SubjectStatus } from './callback-plan.ts'
import type { Delivery } from './delivery.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { Timers } from '../timers.ts'
import type { ProfileRequest } from '../api/validation.ts'

/** Called when a callback is sent, to update the status of the request. */
type UpdateStatus = (subject: number, status: SubjectStatus) => void

/** A planned callback with its request. */
type Scheduled = { request: ProfileRequest; planned: PlannedCallback; updateStatus: UpdateStatus }

const afterMsOf = ({ due }: PlannedCallback): number => (due.when === 'later' ? due.afterMs : 0)

/** Sends the callbacks of accepted requests when they are due. */
export const createCallbackSchedule = (settings: SimulatorSettings, delivery: Delivery, timers: Timers) => {
  let underWay = 0
  let generation = 0
  let whenIdle: Array<() => void> = []

  const ended = () => {
    underWay -= 1
    if (underWay > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  const send = ({ request, planned, updateStatus }: Scheduled, sent?: () => void) => {
    updateStatus(planned.subject, planned.resultingStatus)
    const { callback, lost } = planned
    const serviceName = callbackService(request.action, request.family)
    return delivery.send({ accountName: request.accountName, serviceName, callback, lost }, sent)
  }

  /** Sends immediately. Resolves when the callback is sent, or after `noAnswerMs` if the listener does not respond. */
  const sendBeforeAnswer = (scheduled: Scheduled): Promise<unknown> => {
    underWay += 1
    const sent = send(scheduled).finally(ended)
    return Promise.race([sent, timers.wait(settings.times.noAnswerMs)])
  }

  /**
   * Sends when the callback is due and the device's earlier callbacks have been sent. Otherwise a busy machine could swap
   * a warning and its final callback, which is a separate outcome ("reordered").
   */
  const sendLater = (scheduled: Scheduled, earlier: ReadonlyArray<Promise<void>>): Promise<void> =>
    new Promise((resolve) => {
      underWay += 1
      const startedIn = generation
      const run = async () => {
        await Promise.all(earlier)
        if (startedIn === generation) await send(scheduled, resolve)
      }
      const finish = () => {
        resolve()
        ended()
      }
      timers.after(afterMsOf(scheduled.planned), () => void run().finally(finish), finish)
    })

  return {
    /** Schedules callbacks. Resolves when the POST may be answered: immediately, unless a callback must come first. */
    start: async (
      request: ProfileRequest,
      callbacks: readonly PlannedCallback[],
      updateStatus: UpdateStatus,
    ): Promise<void> => {
      const sentByDevice = new Map<number, Array<{ afterMs: number; sent: Promise<void> }>>()
      const beforeAnswer: Array<Promise<unknown>> = []
      for (const planned of callbacks.toSorted((one, other) => afterMsOf(one) - afterMsOf(other))) {
        if (planned.due.when === 'before-answer') {
          beforeAnswer.push(sendBeforeAnswer({ request, planned, updateStatus }))
          continue
        }
        const { afterMs } = planned.due
        const ofDevice = sentByDevice.get(planned.device) ?? []
        // Callbacks that are due at the same time are sent concurrently.
        const earlier = ofDevice.filter((each) => each.afterMs < afterMs).map(({ sent }) => sent)
        ofDevice.push({ afterMs, sent: sendLater({ request, planned, updateStatus }, earlier) })
        sentByDevice.set(planned.device, ofDevice)
      }
      await Promise.all(beforeAnswer)
    },

    /** Resolves when no callback is planned or in flight. */
    idle: (): Promise<void> =>
      new Promise((resolve) => {
        if (underWay === 0) resolve()
        else whenIdle.push(resolve)
      }),

    /** Prevents planned callbacks from being sent. The caller clears the timers. */
    reset: (): void => {
      generation += 1
    },
  }
}

export type CallbackSchedule = ReturnType<typeof createCallbackSchedule>
