import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

/**
 * The one edge of every SQS source: works on the records of a batch side by side and reports exactly those that failed,
 * so that one bad message brings none of the others back.
 */
export function queueHandler(work: (record: SQSRecord) => Promise<void>, { log }: { log: Log }): QueueHandler {
  const handler = middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 0 }).handler(async ({ Records }) => {
    // An async step of its own for each, so that work that throws before its first await fails alone too.
    const outcomes = await Promise.allSettled(Records.map(async (record) => work(record)))
    const batchItemFailures = outcomes.flatMap((outcome, index) => {
      const record = Records[index]
      if (outcome.status === 'fulfilled' || record === undefined) return []
      const { messageId, attributes } = record
      log.error('message failed', { messageId, received: attributes.ApproximateReceiveCount, error: outcome.reason })
      return [{ itemIdentifier: messageId }]
    })
    log.info('batch finished', { messages: Records.length, failed: batchItemFailures.length })
    return { batchItemFailures }
  })
  return (event, context) => handler(event, context)
}
