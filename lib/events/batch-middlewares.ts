import type { MiddlewareObj } from '@middy/core'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'

type BatchMiddleware = MiddlewareObj<SQSEvent, SQSBatchResponse>

/** What to do before SQS moves a message to the dead-letter queue. */
export type LastFailure = {
  /** The queue's `maxReceiveCount`. A test compares it with serverless.yml. */
  receives: number
  /** Counts the dead letter on the record that it belongs to. */
  count: (record: SQSRecord) => Promise<void>
}

/** Logs how many messages a batch had and how many of them failed. */
export const logBatch = (log: Log): BatchMiddleware => ({
  after({ event, response }) {
    log.info('batch finished', { messages: event.Records.length, failed: response?.batchItemFailures.length })
  },
})

/**
 * Counts the failed messages that SQS is about to move to the dead-letter queue. A failure to count is only logged,
 * because SQS moves the message anyway.
 */
export const countDeadLetters = (lastFailure: LastFailure | undefined, log: Log): BatchMiddleware => ({
  async after({ event, response }) {
    if (lastFailure === undefined) return
    const failed = new Set(response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    for (const record of event.Records) {
      const { messageId, attributes } = record
      if (!failed.has(messageId) || Number(attributes.ApproximateReceiveCount) < lastFailure.receives) continue
      try {
        log.error('message set aside', { messageId })
        await lastFailure.count(record)
      } catch (error) {
        log.error('dead letter not counted', { messageId, error })
      }
    }
  },
})
