import { callbackService } from '../actions.ts'
import type { PlannedCallback, SubjectStatus } from './callback-plan.ts'
import type { Delivery } from './delivery.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { Timers } from '../timers.ts'
import type { ProfileRequest } from '../api/validation.ts'

/** Told when a callback goes out, so that the request's status moves with it. */
type Settle = (subject: number, status: SubjectStatus) => void

const afterMsOf = ({ due }: PlannedCallback): number => (due.when === 'later' ? due.afterMs : 0)

/** Sends the callbacks of accepted requests when their time comes. */
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

  const send = (request: ProfileRequest, settle: Settle, planned: PlannedCallback, sent?: () => void) => {
    settle(planned.subject, planned.settles)
    const { callback, lost } = planned
    const serviceName = callbackService(request.action, request.family)
    return delivery.send({ accountName: request.accountName, serviceName, callback, lost }, sent)
  }

  /** Sends at once; resolves when sent, or when a silent listener has held the answer up for long enough. */
  const sendBeforeAnswer = (request: ProfileRequest, settle: Settle, planned: PlannedCallback): Promise<unknown> => {
    underWay += 1
    const sent = send(request, settle, planned).finally(ended)
    return Promise.race([sent, timers.wait(settings.times.noAnswerMs)])
  }

  /**
   * Sends when the time has come and the device's earlier messages are out. Otherwise a busy machine would swap a
   * warning and its final message now and then, and "reordered" is an outcome of its own.
   */
  const sendLater = (
    request: ProfileRequest,
    settle: Settle,
    planned: PlannedCallback,
    earlier: ReadonlyArray<Promise<void>>,
  ): Promise<void> =>
    new Promise((resolve) => {
      underWay += 1
      const startedIn = generation
      const run = async () => {
        await Promise.all(earlier)
        if (startedIn === generation) await send(request, settle, planned, resolve)
      }
      const finish = () => {
        resolve()
        ended()
      }
      timers.after(afterMsOf(planned), () => void run().finally(finish), finish)
    })

  return {
    /** Resolves when the POST may be answered: at once, unless a callback has to come before the answer. */
    start: async (request: ProfileRequest, callbacks: readonly PlannedCallback[], settle: Settle): Promise<void> => {
      const sentByDevice = new Map<number, Array<{ afterMs: number; sent: Promise<void> }>>()
      const heldUp: Array<Promise<unknown>> = []
      for (const planned of callbacks.toSorted((one, other) => afterMsOf(one) - afterMsOf(other))) {
        if (planned.due.when === 'before-answer') {
          heldUp.push(sendBeforeAnswer(request, settle, planned))
          continue
        }
        const { afterMs } = planned.due
        const ofDevice = sentByDevice.get(planned.device) ?? []
        // What is due at the same time goes out side by side.
        const earlier = ofDevice.filter((each) => each.afterMs < afterMs).map(({ sent }) => sent)
        ofDevice.push({ afterMs, sent: sendLater(request, settle, planned, earlier) })
        sentByDevice.set(planned.device, ofDevice)
      }
      await Promise.all(heldUp)
    },

    /** Resolves when no callback is planned or under way any more. */
    idle: (): Promise<void> =>
      new Promise((resolve) => {
        if (underWay === 0) resolve()
        else whenIdle.push(resolve)
      }),

    /** What is planned is not sent any more; the timers are cleared by their owner. */
    reset: (): void => {
      generation += 1
    },
  }
}

export type CallbackSchedule = ReturnType<typeof createCallbackSchedule>
