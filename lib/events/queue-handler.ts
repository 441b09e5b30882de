import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { countDeadLetters, type LastFailure, logBatch } from './batch-middlewares.ts'
import type { Log } from '../profile/ports.ts'
import { createTurns, type Turns } from '../profile/callback/turns.ts'

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

/**
 * Time limits for a batch with redelivered messages, which are handled one by one. A message that outlasts the function
 * makes its whole batch fail. These limits isolate it at the next delivery.
 */
export type Patience = {
  /** For the whole batch. Must be shorter than the function's time-out, so that finished messages are reported. */
  batchMilliseconds: number
  messageMilliseconds: number
}

export type QueueHandlerOptions = { log: Log; lastFailure?: LastFailure; patience?: Patience }

/**
 * Handler for SQS event sources. Processes the records of a batch concurrently and returns the failed ones in
 * batchItemFailures, so SQS redelivers only those.
 */
export function queueHandler(
  work: (record: SQSRecord, inTurn: Turns) => Promise<void>,
  { log, lastFailure, patience }: QueueHandlerOptions,
): QueueHandler {
  const handler = middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 0 })
    .use([logBatch(log), countDeadLetters(lastFailure, log)])
    .handler(async ({ Records }) => {
      const inTurn = createTurns()
      // SQS delivers a batch in any order. Start the work in the order in which the messages were sent.
      const records = Records.toSorted((one, other) => sentAt(one) - sentAt(other))
      const isOneByOne = patience !== undefined && records.some(isRedelivered)
      const outcomes = isOneByOne
        ? await oneByOne(records, (record) => work(record, inTurn), patience)
        : // The async wrapper isolates work that throws before its first await.
          await Promise.allSettled(records.map(async (record) => work(record, inTurn)))
      const batchItemFailures = outcomes.flatMap((outcome, index) => {
        const record = records[index]
        if (outcome.status === 'fulfilled' || record === undefined) return []
        const { messageId, attributes } = record
        log.error('message failed', { messageId, received: attributes.ApproximateReceiveCount, error: outcome.reason })
        return [{ itemIdentifier: messageId }]
      })
      return { batchItemFailures }
    })
  return (event, context) => handler(event, context)
}

const sentAt = ({ attributes }: SQSRecord): number => Number(attributes.SentTimestamp)

const isRedelivered = ({ attributes }: SQSRecord): boolean => Number(attributes.ApproximateReceiveCount) > 1

/** Longer bodies, in characters, are handled last, because they cost more. A callback has about 1,500 characters. */
const longBody = 8_192

async function oneByOne(
  records: readonly SQSRecord[],
  work: (record: SQSRecord) => Promise<void>,
  { batchMilliseconds, messageMilliseconds }: Patience,
): Promise<PromiseSettledResult<void>[]> {
  const startedAt = performance.now()
  const outcomes = new Map<SQSRecord, PromiseSettledResult<void>>()
  // Order: short bodies, long ones, long ones that were redelivered. Each group keeps its order.
  const weightOf = (record: SQSRecord) => (record.body.length > longBody ? 1 + Number(isRedelivered(record)) : 0)
  for (const record of records.toSorted((one, other) => weightOf(one) - weightOf(other))) {
    const left = Math.min(messageMilliseconds, batchMilliseconds - (performance.now() - startedAt))
    const [outcome] = await Promise.allSettled([left > 0 ? withinTime(() => work(record), left) : outOfTime()])
    outcomes.set(record, outcome)
  }
  return records.map((record) => outcomes.get(record) ?? { status: 'rejected', reason: 'not handled' })
}

const outOfTimeMessage = 'the message was not handled in time'

const outOfTime = (): Promise<never> => Promise.reject(new Error(outOfTimeMessage))

async function withinTime(work: () => Promise<void>, milliseconds: number): Promise<void> {
  const timeOut = Promise.withResolvers<never>()
  const timer = setTimeout(() => timeOut.reject(new Error(outOfTimeMessage)), milliseconds)
  try {
    await Promise.race([work(), timeOut.promise])
  } finally {
    clearTimeout(timer)
  }
}
