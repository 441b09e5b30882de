import { deployment, queueSourceOf } from '../deployment.ts'
import { requireSendable } from './messaging-limits.ts'
import type { Clock } from '../../lib/profile/ports.ts'
import type { WorkMessage, SubmissionQueue } from '../../lib/profile/submission/queue.ts'

type Message = { messageId: string; body: string; visibleAt: number; received: number }

const queueDefinition = deployment.resources.queues.get('SubmissionsQueue')
if (queueDefinition?.RedrivePolicy === undefined)
  throw new Error('serverless.yml: SubmissionsQueue has no RedrivePolicy')
const visibilitySeconds = queueDefinition.VisibilityTimeout
const maximumReceives = queueDefinition.RedrivePolicy.maxReceiveCount
const { batchSize } = queueSourceOf('retry-submission')

/** The submissions queue like in SQS: work messages with delays, hidden while a worker processes them. */
export function createFakeSubmissionQueue(clock: Clock) {
  let messages: Message[] = []
  let made = 0
  const sent: { message: WorkMessage; delaySeconds: number }[] = []
  const deadLetters: string[] = []
  const put = (body: string, delaySeconds: number) => {
    made += 1
    messages.push({
      messageId: `message-${made}`,
      body,
      visibleAt: clock() + Math.ceil(delaySeconds) * 1000,
      received: 0,
    })
  }
  const queue = {
    /** Every work message that was sent, in order. */
    sent,
    deadLetters,
    isDown: false,
    async send(work: Parameters<SubmissionQueue['send']>[0]) {
      if (queue.isDown) throw new Error('the queue is down')
      for (const { message, delaySeconds } of work) {
        if (!(delaySeconds >= 0 && delaySeconds <= 900)) throw new Error(`SQS cannot delay by ${delaySeconds} s`)
        requireSendable([JSON.stringify(message)])
        sent.push({ message, delaySeconds })
        put(JSON.stringify(message), delaySeconds)
      }
    },
    /** Adds any message: a duplicate, an early one, or one that is not a work message. */
    put: (body: unknown) => put(typeof body === 'string' ? body : JSON.stringify(body), 0),
    /** The next batch of visible messages. They are hidden until they are settled. */
    receive(): Message[] {
      const batch = messages.filter(({ visibleAt }) => visibleAt <= clock()).slice(0, batchSize)
      for (const message of batch) {
        message.received += 1
        message.visibleAt = clock() + visibilitySeconds * 1000
      }
      return batch
    },
    /** Deletes processed messages. Failed ones return after the visibility time-out or become dead letters. */
    settle(batch: readonly Message[], failedIds: ReadonlySet<string>) {
      const over = batch.filter(({ messageId, received }) => !failedIds.has(messageId) || received >= maximumReceives)
      deadLetters.push(...over.filter(({ messageId }) => failedIds.has(messageId)).map(({ body }) => body))
      messages = messages.filter((message) => !over.includes(message))
    },
    /** When the next hidden message becomes visible. */
    nextVisibleAt: () => Math.min(...messages.map(({ visibleAt }) => visibleAt).filter((at) => at > clock())),
    get length() {
      return messages.length
    },
  }
  return queue satisfies SubmissionQueue
}
