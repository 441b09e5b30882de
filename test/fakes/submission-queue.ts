import { groupOf } from '../../lib/events/submission-queue.ts'
import { deployment, queueSourceOf } from '../deployment.ts'
import { requireGroup, requireSendable } from './messaging-limits.ts'
import type { Clock } from '../../lib/profile/ports.ts'
import type { Lane } from '../../lib/profile/request/submission.ts'
import type { SubmissionQueue } from '../../lib/profile/submission/queue.ts'

type Message = { messageId: string; lane: Lane; body: string; visibleAt: number; received: number }
type Work = Parameters<SubmissionQueue['send']>[0][number]

const queueDefinition = deployment.resources.queues.get('SubmissionsQueue')
if (queueDefinition?.RedrivePolicy === undefined)
  throw new Error('serverless.yml: SubmissionsQueue has no RedrivePolicy')
const visibilitySeconds = queueDefinition.VisibilityTimeout
const maximumReceives = queueDefinition.RedrivePolicy.maxReceiveCount
const { batchSize } = queueSourceOf('retry-submission', 'SubmissionsQueue')

/**
 * The submissions queues like in SQS: work messages with delays, hidden while a worker processes them. The lanes take
 * turns, because each has workers of its own.
 */
export function createFakeSubmissionQueue(clock: Clock) {
  let messages: Message[] = []
  let made = 0
  let turns: readonly Lane[] = ['single', 'bulk']
  const sent: Work[] = []
  const deadLetters: string[] = []
  const put = (body: string, { delaySeconds, lane }: Pick<Work, 'delaySeconds' | 'lane'>) => {
    made += 1
    messages.push({
      messageId: `message-${made}`,
      lane,
      body,
      visibleAt: clock() + Math.ceil(delaySeconds) * 1000,
      received: 0,
    })
  }
  const visibleIn = (lane: Lane) => messages.filter((each) => each.lane === lane && each.visibleAt <= clock())
  const queue = {
    /** Every work message that was sent, in order. */
    sent,
    deadLetters,
    isDown: false,
    async send(work: readonly Work[]) {
      if (queue.isDown) throw new Error('the queue is down')
      for (const { message, delaySeconds, lane, accountName } of work) {
        if (!(delaySeconds >= 0 && delaySeconds <= 900)) throw new Error(`SQS cannot delay by ${delaySeconds} s`)
        requireSendable([JSON.stringify(message)])
        requireGroup(groupOf(accountName))
        sent.push({ message, delaySeconds, lane, accountName })
        put(JSON.stringify(message), { delaySeconds, lane })
      }
    },
    /** Adds any message: a duplicate, an early one, or one that is not a work message. */
    put: (body: unknown, lane: Lane = 'single') =>
      put(typeof body === 'string' ? body : JSON.stringify(body), { delaySeconds: 0, lane }),
    /** The next batch of visible messages of one lane. They are hidden until they are settled. */
    receive(): Message[] {
      const lane = turns.find((each) => visibleIn(each).length > 0)
      if (lane === undefined) return []
      turns = [...turns.filter((each) => each !== lane), lane]
      const batch = visibleIn(lane).slice(0, batchSize)
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
