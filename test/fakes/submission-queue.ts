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

/** The submissions queue as SQS keeps it: work messages with their delays, hidden while somebody works on them. */
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
    /** Every work message that was ever taken, in order. */
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
    /** Puts a message in as it is: a duplicate, an early one, or one that is no work message. */
    put: (body: unknown) => put(typeof body === 'string' ? body : JSON.stringify(body), 0),
    /** The next batch of what can be seen now; it is hidden until it is settled. */
    receive(): Message[] {
      const batch = messages.filter(({ visibleAt }) => visibleAt <= clock()).slice(0, batchSize)
      for (const message of batch) {
        message.received += 1
        message.visibleAt = clock() + visibilitySeconds * 1000
      }
      return batch
    },
    /** Deletes what was worked off; what failed comes back when its visibility ends, or is set aside. */
    settle(batch: readonly Message[], failedIds: ReadonlySet<string>) {
      const over = batch.filter(({ messageId, received }) => !failedIds.has(messageId) || received >= maximumReceives)
      deadLetters.push(...over.filter(({ messageId }) => failedIds.has(messageId)).map(({ body }) => body))
      messages = messages.filter((message) => !over.includes(message))
    },
    /** When the next message can be seen that cannot be seen now. */
    nextVisibleAt: () => Math.min(...messages.map(({ visibleAt }) => visibleAt).filter((at) => at > clock())),
    get length() {
      return messages.length
    },
  }
  return queue satisfies SubmissionQueue
}
