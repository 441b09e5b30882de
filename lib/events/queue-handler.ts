import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'
import { createTurns, type Turns } from '../profile/callback/turns.ts'

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>

/** What to do when a message has failed for the last time, before SQS sets it aside. */
export type LastFailure = {
  /** The queue's `maxReceiveCount`; a test holds it against serverless.yml. */
  receives: number
  note: (record: SQSRecord) => Promise<void>
}

/**
 * How to work on messages that have come back: one by one, within these times. A message that once outlasted the
 * function took its whole batch with it, and must not do so again.
 */
export type Patience = {
  /** For the batch; shorter than the function's time-out, so that what was done is reported. */
  batchMilliseconds: number
  messageMilliseconds: number
}

/**
 * The one edge of every SQS source: works on the records of a batch side by side and reports exactly those that failed,
 * so that one bad message brings none of the others back.
 */
export function queueHandler(
  work: (record: SQSRecord, inTurn: Turns) => Promise<void>,
  { log }: { log: Log },
  lastFailure?: LastFailure,
  patience?: Patience,
): QueueHandler {
  const handler = middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 0 }).handler(async ({ Records }) => {
    const inTurn = createTurns()
    // SQS gives a batch in any order; work begins in the order in which the messages were received.
    const records = Records.toSorted((one, other) => sentAt(one) - sentAt(other))
    const mustBeCareful = patience !== undefined && records.some(hasComeBack)
    const outcomes = mustBeCareful
      ? await oneByOne(records, (record) => work(record, inTurn), patience)
      : // An async step of its own for each, so that work that throws before its first await fails alone too.
        await Promise.allSettled(records.map(async (record) => work(record, inTurn)))
    const batchItemFailures = outcomes.flatMap((outcome, index) => {
      const record = records[index]
      if (outcome.status === 'fulfilled' || record === undefined) return []
      const { messageId, attributes } = record
      log.error('message failed', { messageId, received: attributes.ApproximateReceiveCount, error: outcome.reason })
      return [{ itemIdentifier: messageId }]
    })
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    await reportLastFailures(
      Records.filter(({ messageId }) => failed.has(messageId)),
      lastFailure,
      log,
    )
    log.info('batch finished', { messages: Records.length, failed: batchItemFailures.length })
    return { batchItemFailures }
  })
  return (event, context) => handler(event, context)
}

const sentAt = ({ attributes }: SQSRecord): number => Number(attributes.SentTimestamp)

const hasComeBack = ({ attributes }: SQSRecord): boolean => Number(attributes.ApproximateReceiveCount) > 1

/** A callback has some 1,500 characters. What is longer costs more than the others, and comes after them. */
const longBody = 8_192

async function oneByOne(
  records: readonly SQSRecord[],
  work: (record: SQSRecord) => Promise<void>,
  { batchMilliseconds, messageMilliseconds }: Patience,
): Promise<PromiseSettledResult<void>[]> {
  const startedAt = performance.now()
  const outcomes = new Map<SQSRecord, PromiseSettledResult<void>>()
  // Of the long ones, those that have come back are last. All others keep the order in which they were received.
  const weightOf = (record: SQSRecord) => (record.body.length > longBody ? 1 + Number(hasComeBack(record)) : 0)
  for (const record of records.toSorted((one, other) => weightOf(one) - weightOf(other))) {
    const left = Math.min(messageMilliseconds, batchMilliseconds - (performance.now() - startedAt))
    const [outcome] = await Promise.allSettled([left > 0 ? withinTime(() => work(record), left) : outOfTime()])
    outcomes.set(record, outcome)
  }
  return records.map((record) => outcomes.get(record) ?? { status: 'rejected', reason: 'not worked on' })
}

const outOfTime = (): Promise<never> => Promise.reject(new Error('the time for this message is over'))

async function withinTime(work: () => Promise<void>, milliseconds: number): Promise<void> {
  const timeOut = Promise.withResolvers<never>()
  const timer = setTimeout(() => timeOut.reject(new Error('the time for this message is over')), milliseconds)
  try {
    await Promise.race([work(), timeOut.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A note that fails changes nothing: the message is in the dead-letter queue all the same. */
async function reportLastFailures(
  failed: readonly SQSRecord[],
  lastFailure: LastFailure | undefined,
  log: Log,
): Promise<void> {
  if (lastFailure === undefined) return
  for (const record of failed) {
    const { messageId, attributes } = record
    if (Number(attributes.ApproximateReceiveCount) < lastFailure.receives) continue
    try {
      log.error('message set aside', { messageId })
      await lastFailure.note(record)
    } catch (error) {
      log.error('message set aside without a note on its record', { messageId, error })
    }
  }
}
