import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { eventsSeen, type RunningQueues } from './queues.ts'

const Notification = z.object({
  Message: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ Type: z.string(), Value: z.string() })).default({}),
})

/** An event as a subscriber gets it. */
export type SeenEvent = { body: unknown; attributes: Record<string, string> }

/** Takes all events out of the queue that a stack subscribes to its own topic. */
export async function readSeenEvents({ sqs, queues }: RunningQueues): Promise<SeenEvent[]> {
  const QueueUrl = queues.get(eventsSeen)?.url
  const events: SeenEvent[] = []
  if (QueueUrl === undefined) return events
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (Messages.length === 0) return events
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    events.push(...Messages.map(({ Body = '' }) => eventOf(Body)))
  }
}

function eventOf(text: string): SeenEvent {
  const { Message, MessageAttributes } = Notification.parse(JSON.parse(text))
  const body: unknown = JSON.parse(Message)
  return {
    body,
    attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value])),
  }
}
