import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SqsEvent } from '../deployment/events.ts'
import { failedIdentifiers } from '../lambda/batch-report.ts'
import type { Invoke } from '../lambda/outcome.ts'
import { fittingIntoEvent } from '../lambda/payload.ts'
import type { Trace } from '../trace.ts'
import { queueRecord } from './queue-record.ts'

type Options = {
  sqs: SQSClient
  queue: { url: string; arn: string }
  region: string
  source: string
  name: string
  event: SqsEvent
  invoke: Invoke
  trace: Trace
}

/** The poll interval while a batch waits for more messages. */
const askAgainMs = 50

/**
 * Polls a queue for a function as Lambda does. Forms batches by size and window, runs at most `maximumConcurrency` of
 * them at once, and deletes the messages that were not reported as failed. SQS redelivers the others after their
 * visibility timeout.
 */
export function startQueueSource(options: Options): { stop: () => Promise<void> } {
  const { sqs, queue, event } = options
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()

  const receive = async (limit: number, waitSeconds: number): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: Math.min(10, limit),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: stopping.signal },
    )
    return Messages
  }

  /** Waits for a first message, then adds messages until the batch is full or its window has passed. */
  const nextBatch = async (): Promise<Message[]> => {
    const batch = await receive(event.batchSize, 20)
    const windowEnds = Date.now() + event.maximumBatchingWindow * 1000
    while (batch.length > 0 && batch.length < event.batchSize) {
      const more = await receive(event.batchSize - batch.length, 0)
      batch.push(...more)
      if (more.length > 0) continue
      if (Date.now() >= windowEnds) break
      await sleep(askAgainMs, undefined, { signal: stopping.signal })
    }
    return batch
  }

  const poll = async () => {
    while (!stopping.signal.aborted) {
      try {
        for (const batch of asEvents(await nextBatch(), options)) {
          const work = workOn(batch, options).finally(() => running.delete(work))
          running.add(work)
          if (running.size >= event.maximumConcurrency) await Promise.race(running)
        }
      } catch (error) {
        if (stopping.signal.aborted) break
        options.trace({ kind: 'failure', name: options.source, reason: String(error) })
        await sleep(1000)
      }
    }
  }

  const polling = poll()
  return {
    stop: async () => {
      stopping.abort()
      await polling
      await Promise.all(running)
    },
  }
}

/** Splits a batch if its event would be larger than Lambda accepts. */
function asEvents(messages: readonly Message[], { queue, region }: Options): ReturnType<typeof queueRecord>[][] {
  let left = messages.map((message) => queueRecord(message, queue.arn, region))
  const events = []
  while (left.length > 0) {
    const fitting = fittingIntoEvent(left)
    events.push(fitting)
    left = left.slice(fitting.length)
  }
  return events
}

type Batch = readonly ReturnType<typeof queueRecord>[]

async function workOn(batch: Batch, { sqs, queue, source, name, invoke, trace, event }: Options) {
  const started = performance.now()
  const outcome = await invoke({ Records: batch })
  const ids = batch.map(({ messageId = '' }) => messageId)
  const failed = failedOf(outcome, ids, event.functionResponseType !== undefined)
  const done = batch.filter(({ messageId = '' }) => !failed.has(messageId))
  for (let index = 0; index < done.length; index += 10) {
    const Entries = done
      .slice(index, index + 10)
      .map(({ receiptHandle: ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }))
  }
  const milliseconds = Math.round(performance.now() - started)
  trace({ kind: 'batch', source, name, records: batch.length, failed: failed.size, milliseconds })
}

function failedOf(outcome: Awaited<ReturnType<Invoke>>, ids: string[], reportsFailures: boolean): ReadonlySet<string> {
  if (outcome.kind === 'failed') return new Set(ids)
  return reportsFailures ? failedIdentifiers(outcome.value, ids) : new Set()
}
