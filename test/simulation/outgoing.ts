import { groupOf } from '../../lib/events/submission-queue.ts'
import type { Topic } from '../../lib/profile/request/event-types.ts'
import type { SubmissionQueue } from '../../lib/profile/submission/queue.ts'
import { scanForSecrets } from './secret-scan.ts'
import { type Invocation, raise } from './scheduler.ts'
import { sent, type Version } from './versions.ts'
import type { World } from './world.ts'

/** Sends ten messages at a time, like SQS. A call that fails may have sent some of them. */
export async function sendPointers(
  { scheduler, submissions }: World,
  current: () => Invocation,
  messages: Parameters<SubmissionQueue['send']>[0],
  version: Version | undefined,
): Promise<void> {
  for (let first = 0; first < messages.length; first += 10) {
    const batch = messages.slice(first, first + 10)
    await scheduler.gate(current(), {
      label: 'SendMessageBatch',
      faults: ['lost', 'repeated', 'refused'],
      perform: () => {
        for (const { message, delaySeconds, lane, accountName } of batch) {
          if (delaySeconds < 0 || delaySeconds > 900) throw new Error(`SQS accepts no delay of ${delaySeconds} s`)
          const body = JSON.stringify(version === undefined ? message : sent(version, message))
          scheduler.guard(() => scanForSecrets(body, 'the submissions queue'))
          submissions[lane].send(body, { delaySeconds: Math.ceil(delaySeconds), group: groupOf(accountName) })
        }
      },
      onLost: raise('SQS did not answer'),
      onRefused: raise('SQS is not available'),
      takes: 8,
    })
  }
}

/** Publishes ten events at a time, like SNS. */
export function topicOf({ scheduler, events: published }: World, current: () => Invocation): Topic {
  return {
    publish: async (events) => {
      for (let first = 0; first < events.length; first += 10) {
        const batch = events.slice(first, first + 10)
        await scheduler.gate(current(), {
          label: 'PublishBatch',
          faults: ['lost', 'repeated', 'refused'],
          perform: () => {
            scheduler.guard(() => scanForSecrets(batch, 'an event'))
            published.push(...batch)
          },
          onLost: raise('SNS did not answer'),
          onRefused: raise('SNS is not available'),
          takes: 8,
        })
      }
    },
  }
}
