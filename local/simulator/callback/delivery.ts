import type { CallbackService } from '../actions.ts'
import type { Callback } from './callback.ts'
import { renderCallback } from './callback-shapes.ts'
import { createSemaphore } from './semaphore.ts'
import { createListenerCalls, type DeliveryAnswer } from './listener-call.ts'
import type { Listener, Listeners } from '../api/listeners.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { Timers } from '../timers.ts'

/** A callback to the listener of one account and service. */
export type Message = { accountName: string; serviceName: CallbackService; callback: Callback; lost: boolean }

type DeliveryAttempt = { at: string; callbackCount: number; url: string; body: string; answer?: DeliveryAnswer }

/** The delivery of one callback. `lost`: it was not sent, because there is no listener or its outcome loses it. */
export type CallbackRecord = {
  requestId: string
  accountName: string
  serviceName: CallbackService
  report: string
  state: 'sending' | 'acknowledged' | 'unacknowledged' | 'lost'
  attempts: DeliveryAttempt[]
}

type Kept = { record: CallbackRecord; message: Message }
type Attempt = Kept & { listener: Listener; callbackCount: number }

/** The number of newest callbacks that are kept with their bodies, at most about 60 MB. */
const rememberedMessages = 30_000

const acknowledges = (answer: DeliveryAnswer): boolean =>
  'status' in answer && answer.status >= 200 && answer.status < 300

/**
 * Sends callbacks as ThingSpace was measured to. A refused callback is sent again after 1.3 s. If the listener does not
 * respond for 4 s, the callback is sent again while the first delivery is still open. It stops after
 * `maxCallbackThreshold` deliveries, by default two.
 */
export const createDelivery = (settings: SimulatorSettings, listeners: Listeners, timers: Timers) => {
  const { times } = settings
  const calls = createListenerCalls()
  const semaphore = createSemaphore(settings.callbackConcurrency)
  let kept: Kept[] = []
  let generation = 0

  const keep = (message: Message): CallbackRecord => {
    const { accountName, serviceName, callback } = message
    const record: CallbackRecord = {
      requestId: callback.requestId,
      accountName,
      serviceName,
      report: callback.report.kind,
      state: 'sending',
      attempts: [],
    }
    kept.push({ record, message })
    if (kept.length > rememberedMessages * 1.1) kept = kept.slice(-rememberedMessages)
    return record
  }

  /**
   * Makes one delivery attempt. The caller has entered the semaphore; this leaves it when the listener responds or has not
   * responded for `noAnswerMs`.
   */
  const attempt = async ({ message, listener, record, callbackCount }: Attempt) => {
    const { url, username, password } = listener
    const { maxCallbackThreshold } = settings
    const body = renderCallback(message.callback, { username, password, callbackCount, maxCallbackThreshold })
    const sent: DeliveryAttempt = { at: new Date(settings.now()).toISOString(), callbackCount, url, body }
    record.attempts.push(sent)
    const last = calls.post(url, body, times.abandonMs).then((answer) => {
      sent.answer = answer
      return answer
    })
    const first = await new Promise<DeliveryAnswer | 'silent'>((resolve) => {
      const silent = () => resolve('silent')
      const forget = timers.after(times.noAnswerMs, silent, silent)
      void last.then((answer) => {
        forget()
        resolve(answer)
      })
    })
    semaphore.leave()
    return { first, last }
  }

  /** Delivers one callback, with retries. Calls `firstSent` when the first attempt was answered or given up. */
  const send = async (message: Message, firstSent: () => void = () => undefined): Promise<void> => {
    const record = keep(message)
    const startedIn = generation
    const open: Array<Promise<DeliveryAnswer>> = []
    for (let callbackCount = 1; callbackCount <= settings.maxCallbackThreshold; callbackCount += 1) {
      await semaphore.enter()
      const listener = listeners.findForResults(message.accountName, message.serviceName)
      if (message.lost || listener === undefined || startedIn !== generation) {
        semaphore.leave()
        break
      }
      const { first, last } = await attempt({ message, listener, record, callbackCount })
      open.push(last)
      firstSent()
      if (first !== 'silent' && acknowledges(first)) break
      const isLast = callbackCount === settings.maxCallbackThreshold
      if (first !== 'silent' && !isLast && !(await timers.wait(times.redeliveryDelayMs))) break
    }
    firstSent()
    const answers = await Promise.all(open)
    record.state = answers.length === 0 ? 'lost' : answers.some(acknowledges) ? 'acknowledged' : 'unacknowledged'
  }

  return {
    send,

    /** Sends every callback of a request again, as Verizon's support can do from its archive. */
    redeliver: async (requestId: string): Promise<number> => {
      const messages = kept.filter(({ record }) => record.requestId === requestId).map(({ message }) => message)
      await Promise.all(messages.map((message) => send({ ...message, lost: false })))
      return messages.length
    },

    /** Sends a text unchanged, once. */
    sendRaw: (url: string, body: string): Promise<DeliveryAnswer> => calls.post(url, body, times.abandonMs),

    records: (): readonly CallbackRecord[] => kept.map(({ record }) => record),

    reset: (): void => {
      generation += 1
      kept = []
    },
    close: (): void => calls.close(),
  }
}

export type Delivery = ReturnType<typeof createDelivery>
