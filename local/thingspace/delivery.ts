import type { CallbackService } from './actions.ts'
import type { Callback } from './callback.ts'
import { renderCallback } from './callback-shapes.ts'
import { createGate } from './concurrency.ts'
import { createListenerCalls, type DeliveryAnswer } from './listener-call.ts'
import type { Listeners } from './listeners.ts'
import type { SimulatorSettings } from './settings.ts'
import type { Timers } from './timers.ts'

/** A message to one account's listener of one service. */
export type Message = { accountName: string; serviceName: CallbackService; callback: Callback; lost: boolean }

export type DeliveryAttempt = { at: string; callbackCount: number; url: string; body: string; answer?: DeliveryAnswer }

/** What became of one message. `lost`: no listener, or lost by its outcome; nothing was sent. */
export type CallbackRecord = {
  requestId: string
  accountName: string
  serviceName: CallbackService
  report: string
  state: 'sending' | 'acknowledged' | 'unacknowledged' | 'lost'
  attempts: DeliveryAttempt[]
}

type Kept = { record: CallbackRecord; message: Message }

/** Newest messages that are remembered, bodies included: about 60 MB at the most. */
const rememberedMessages = 30_000

const acknowledges = (answer: DeliveryAnswer): boolean =>
  'status' in answer && answer.status >= 200 && answer.status < 300

/**
 * Sends callbacks as ThingSpace was measured to: a refusal is repeated once after 1.3 s; after 4 s of silence the same
 * message is sent a second time while the first is still open; then nothing more. With another threshold, that often.
 */
export const createDelivery = (settings: SimulatorSettings, listeners: Listeners, timers: Timers) => {
  const { times } = settings
  const calls = createListenerCalls()
  const gate = createGate(settings.callbackConcurrency)
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

  /** One attempt. `place` is given back as soon as the listener answers or has been silent for too long. */
  const attempt = async (message: Message, record: CallbackRecord, callbackCount: number) => {
    await gate.enter()
    let holdsPlace = true
    const leave = () => {
      if (holdsPlace) gate.leave()
      holdsPlace = false
    }
    const listener = listeners.findForResults(message.accountName, message.serviceName)
    if (listener === undefined) {
      leave()
      return { first: { error: 'no listener' }, last: Promise.resolve<DeliveryAnswer>({ error: 'no listener' }) }
    }
    const { url, username, password } = listener
    const { maxCallbackThreshold } = settings
    const body = renderCallback(message.callback, { username, password, callbackCount, maxCallbackThreshold })
    const sent: DeliveryAttempt = { at: new Date(settings.now()).toISOString(), callbackCount, url, body }
    record.attempts.push(sent)
    const last = calls.post(url, body, times.abandonMs).then((answer) => {
      sent.answer = answer
      leave()
      return answer
    })
    const first = await new Promise<DeliveryAnswer | 'silent'>((resolve) => {
      const forget = timers.after(
        times.noAnswerMs,
        () => resolve('silent'),
        () => resolve('silent'),
      )
      void last.then((answer) => {
        forget()
        resolve(answer)
      })
    })
    leave()
    return { first, last }
  }

  const send = async (message: Message): Promise<void> => {
    const record = keep(message)
    const startedIn = generation
    if (message.lost || listeners.findForResults(message.accountName, message.serviceName) === undefined) {
      record.state = 'lost'
      return
    }
    const open: Array<Promise<DeliveryAnswer>> = []
    for (let callbackCount = 1; callbackCount <= settings.maxCallbackThreshold; callbackCount += 1) {
      const { first, last } = await attempt(message, record, callbackCount)
      open.push(last)
      if (startedIn !== generation || (first !== 'silent' && acknowledges(first))) break
      const isLast = callbackCount === settings.maxCallbackThreshold
      if (first !== 'silent' && !isLast && !(await timers.wait(times.redeliveryDelayMs))) break
    }
    const answers = await Promise.all(open)
    record.state = answers.some(acknowledges) ? 'acknowledged' : 'unacknowledged'
  }

  return {
    send,

    /** Sends every message of a request once more, as Verizon's support does from its archive. */
    redeliver: async (requestId: string): Promise<number> => {
      const messages = kept.filter(({ record }) => record.requestId === requestId).map(({ message }) => message)
      await Promise.all(messages.map((message) => send({ ...message, lost: false })))
      return messages.length
    },

    /** Sends any text as it is, once. */
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
