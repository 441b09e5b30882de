import { createHash, randomUUID } from 'node:crypto'
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { awsClientOptions } from '../aws-client.ts'
import { inBatches, inParallel } from '../parallel.ts'
import type { Lane } from '../profile/request/submission.ts'
import type { SubmissionQueue } from '../profile/submission/queue.ts'
import { sendableJson } from './sendable.ts'

/** SQS accepts at most 10 messages and 1 MiB in one batch. Ten of the largest work messages have 2 KB. */
const batchSize = 10

/**
 * Connects to the submissions queues in SQS, one for each lane. They hold the work messages that retry-submission
 * handles. `send` throws if a call fails or SQS rejects any of the messages; the others may have been sent.
 */
export function connectSubmissionQueue({ queueUrls }: { queueUrls: Readonly<Record<Lane, string>> }): SubmissionQueue {
  const client = new SQSClient(awsClientOptions)
  return {
    async send(messages) {
      const byLane = Map.groupBy(messages, ({ lane }) => lane)
      const batches = [...byLane].flatMap(([lane, own]) => inBatches(own, batchSize).map((batch) => ({ lane, batch })))
      await inParallel(batches, async ({ lane, batch }) => {
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrls[lane],
            Entries: batch.map(({ message, delaySeconds, accountName }) => ({
              Id: randomUUID(),
              MessageBody: sendableJson(message),
              DelaySeconds: Math.ceil(delaySeconds),
              MessageGroupId: groupOf(accountName),
              // A dead letter returns to the lane that it came from.
              MessageAttributes: { lane: { DataType: 'String', StringValue: lane } },
            })),
          }),
        )
        if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Message ?? ''}`)
      })
    },
  }
}

/**
 * The message group of an account. SQS gives the groups of a queue their turns. It does not encrypt the names of groups,
 * so they do not contain the account's name.
 */
export const groupOf = (accountName: string): string => createHash('sha256').update(accountName).digest('hex')
