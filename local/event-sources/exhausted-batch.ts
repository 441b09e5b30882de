import { randomUUID } from 'node:crypto'
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { StreamRecord } from './stream-batch.ts'

type Options = { sqs: SQSClient; queueUrl: string; functionArn: string; streamArn: string }

/**
 * Writes the message of a stream's `onFailure` destination: the positions of the records that were given up, but not
 * their content.
 */
export function exhaustedBatchWriter({ sqs, queueUrl, functionArn, streamArn }: Options) {
  return async (records: readonly StreamRecord[]): Promise<void> => {
    const [first, last] = [records[0], records.at(-1)]
    if (first === undefined || last === undefined) return
    const MessageBody = JSON.stringify({
      requestContext: { requestId: randomUUID(), functionArn, condition: 'RetryAttemptsExhausted' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        startSequenceNumber: first.dynamodb.SequenceNumber,
        endSequenceNumber: last.dynamodb.SequenceNumber,
        batchSize: records.length,
        streamArn,
      },
    })
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }))
  }
}
