import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { parseJson } from '../parse-json.ts'
import { eventsSeen, type RunningQueues } from './queues.ts'

const Notification = z.object({
  Message: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ Type: z.string(), Value: z.string() })).default({}),
})

/** An event of the gateway as a subscriber of the topic receives it. */
export type SeenEvent = { body: unknown; attributes: Record<string, string> }

export type EventTail = { take: () => SeenEvent[]; stop: () => Promise<void> }

/** Older events are dropped, because a stack may run for days. */
const keptEvents = 20_000

/** Collects the events that the functions publish to the topics, for the terminal and for tests. */
export function tailEvents({ sqs, queues }: RunningQueues, onEvent: (event: SeenEvent) => void): EventTail {
  const stopping = new AbortController()
  let events: SeenEvent[] = []

  const receiveSome = async (QueueUrl: string) => {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 })
    const { Messages = [] } = await sqs.send(receive, { abortSignal: stopping.signal })
    for (const event of Messages.map(eventOf)) {
      events.push(event)
      onEvent(event)
    }
    if (events.length > keptEvents * 1.1) events = events.slice(-keptEvents)
    if (Messages.length === 0) return
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
  }

  const tail = async (QueueUrl: string) => {
    while (!stopping.signal.aborted) {
      await receiveSome(QueueUrl).catch(async () =>
        sleep(1_000, undefined, { signal: stopping.signal }).catch(() => undefined),
      )
    }
  }

  const url = queues.get(eventsSeen)?.url
  const tailing = url === undefined ? Promise.resolve() : tail(url)
  return {
    take: () => events.splice(0),
    stop: async () => {
      stopping.abort()
      await tailing
    },
  }
}

function eventOf({ Body = '' }: Message): SeenEvent {
  const { Message: text, MessageAttributes } = Notification.parse(JSON.parse(Body))
  const attributes = Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value])
  const body = parseJson(text)
  return { body: body === undefined ? text : body, attributes: Object.fromEntries(attributes) }
}
