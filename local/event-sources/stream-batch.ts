import { setTimeout as sleep } from 'node:timers/promises'
import { failedIdentifiers } from '../lambda/batch-report.ts'
import type { Invoke } from '../lambda/outcome.ts'

/** A change of the table, in the shape that Lambda passes to functions. */
export type StreamRecord = {
  eventID: string
  dynamodb: { SequenceNumber: string; Keys: Record<string, unknown> } & Record<string, unknown>
} & Record<string, unknown>

type Options = {
  invoke: Invoke
  bisect: boolean
  reportsFailures: boolean
  /** -1: no limit. */
  maximumRetries: number
  /** Called with the records that are dropped after too many failures. */
  onExhausted: (records: readonly StreamRecord[]) => Promise<void>
  stopping: AbortSignal
  firstDelayMs?: number
}

const longestDelayMs = 2_000

const sequenceOf = (record: StreamRecord): string => record.dynamodb.SequenceNumber

/**
 * Processes one batch of a shard in order. After a batch report it continues at the first failed record. After an error
 * it retries, with `bisect` in two halves. Later records of the shard wait.
 */
export async function workOnBatch(records: readonly StreamRecord[], options: Options): Promise<void> {
  const { invoke, bisect, maximumRetries, stopping, firstDelayMs = 100 } = options
  let left = records
  let retries = 0
  while (left.length > 0 && !stopping.aborted) {
    const outcome = await invoke({ Records: left })
    const firstFailed = outcome.kind === 'failed' ? 0 : firstFailedOf(outcome.value, left, options.reportsFailures)
    if (firstFailed === undefined) return
    if (firstFailed > 0) retries = 0
    left = left.slice(firstFailed)
    if (outcome.kind === 'failed' && bisect && left.length > 1) {
      const middle = Math.ceil(left.length / 2)
      await workOnBatch(left.slice(0, middle), options)
      return workOnBatch(left.slice(middle), options)
    }
    if (maximumRetries !== -1 && retries >= maximumRetries) return options.onExhausted(left)
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(retries, 10))
    retries += 1
    await sleep(delayMs, undefined, { signal: stopping }).catch(() => undefined)
  }
}

function firstFailedOf(answer: unknown, records: readonly StreamRecord[], reports: boolean): number | undefined {
  if (!reports) return undefined
  const failed = failedIdentifiers(answer, records.map(sequenceOf))
  const first = records.findIndex((record) => failed.has(sequenceOf(record)))
  return first === -1 ? undefined : first
}
