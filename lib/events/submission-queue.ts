import { randomUUID } from 'node:crypto'
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { awsClientOptions } from '../aws-client.ts'
import { inBatches, inParallel } from '../parallel.ts'
import type { SubmissionQueue } from '../profile/submission/queue.ts'
import { sendableJson } from './sendable.ts'

/** SQS accepts at most 10 messages and 1 MiB in one batch. Ten of the largest work messages have 2 KB. */
const batchSize = 10

/**
 * Connects to the submissions queue in SQS. It holds the work messages that retry-submission handles. `send` throws if
 * a call fails or SQS rejects any of the messages; the others may have been sent.
 */
export function connectSubmissionQueue({ queueUrl }: { queueUrl: string }): SubmissionQueue {
  const client = new SQSClient(awsClientOptions)
  return {
    async send(messages) {
      await inParallel(inBatches(messages, batchSize), async (batch) => {
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: batch.map(({ message, delaySeconds }) => ({
              Id: randomUUID(),
              MessageBody: sendableJson(message),
              DelaySeconds: Math.ceil(delaySeconds),
            })),
          }),
        )
        if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Message ?? ''}`)
      })
    },
  }
}
