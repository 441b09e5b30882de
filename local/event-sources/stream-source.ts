import { setTimeout as sleep } from 'node:timers/promises'
import type { StreamEvent } from '../deployment/events.ts'
import type { Invoke } from '../lambda/outcome.ts'
import { fittingIntoEvent } from '../lambda/payload.ts'
import type { Trace } from '../trace.ts'
import { eventFilter } from './filter.ts'
import { type StreamRecord, workOnBatch } from './stream-batch.ts'
import { splitIntoLanes } from './stream-lanes.ts'
import { type StreamPositions, streamPositions } from './stream-positions.ts'
import type { StreamsApi } from './streams-api.ts'

type Options = {
  api: StreamsApi
  source: string
  name: string
  event: StreamEvent
  invoke: Invoke
  trace: Trace
  onExhausted: (records: readonly StreamRecord[]) => Promise<void>
  positions?: StreamPositions
}

/** Lambda polls a shard four times a second. */
const idlePollMs = 250
const shardPollMs = 5_000

/** Reads the stream of a table for a function as Lambda does: each shard in order, and a child after its parent. */
export function startStreamSource(options: Options): { stop: () => Promise<void> } {
  const { api, event, invoke, trace, positions = streamPositions(undefined) } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const accepts = eventFilter(event.filterPatterns)
  const shards = new Map<string, { done: boolean; reading: Promise<void> }>()
  const rest = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => undefined)

  const work = async (batch: readonly StreamRecord[]) => {
    const lanes = splitIntoLanes(batch, event.parallelizationFactor)
    await Promise.all(
      lanes.map(async (records) =>
        workOnBatch(records, {
          invoke: traced,
          bisect: event.bisectBatchOnFunctionError,
          reportsFailures: event.functionResponseType !== undefined,
          maximumRetries: event.maximumRetryAttempts,
          onExhausted: options.onExhausted,
          stopping: signal,
        }),
      ),
    )
  }

  const traced: Invoke = async (batch) => {
    const started = performance.now()
    const outcome = await invoke(batch)
    const records = Reflect.get(Object(batch), 'Records')
    const count = Array.isArray(records) ? records.length : 0
    const milliseconds = Math.round(performance.now() - started)
    const failed = outcome.kind === 'failed' ? count : 0
    trace({ kind: 'batch', source: options.source, name: options.name, records: count, failed, milliseconds })
    return outcome
  }

  /** Reads a page. If the engine is busy or restarting, reads the same page again until it succeeds. */
  const recordsAt = async (iterator: string) => {
    for (;;) {
      try {
        return await api.records(iterator, signal)
      } catch (error) {
        if (signal.aborted) return { records: [], next: undefined }
        trace({ kind: 'failure', name: options.source, reason: String(error) })
        await rest(1_000)
      }
    }
  }

  const readShard = async (shardId: string) => {
    let next: string | undefined = await api.iterator(shardId, signal, positions.of(shardId))
    let waiting: StreamRecord[] = []
    let windowEnds = Infinity
    const pass = (sequenceNumber: string | undefined) => {
      if (sequenceNumber !== undefined) positions.passed(shardId, sequenceNumber)
    }
    while (!signal.aborted) {
      const page: Awaited<ReturnType<StreamsApi['records']>> =
        next === undefined ? { records: [], next: undefined } : await recordsAt(next)
      const accepted = page.records.filter(accepts).map((record) => ({ ...record, eventSourceARN: api.streamArn }))
      if (waiting.length === 0 && accepted.length > 0) windowEnds = Date.now() + event.batchWindow * 1000
      waiting.push(...accepted)
      next = page.next
      const isDue = () => next === undefined || Date.now() >= windowEnds
      while (waiting.length >= event.batchSize || (waiting.length > 0 && isDue())) {
        const batch = fittingIntoEvent(waiting.slice(0, event.batchSize))
        await work(batch)
        // A stop interrupts a batch that keeps failing. Do not advance, so that the next start processes it again.
        if (signal.aborted) return
        pass(batch.at(-1)?.dynamodb.SequenceNumber)
        waiting = waiting.slice(batch.length)
      }
      if (waiting.length === 0) pass(page.records.at(-1)?.dynamodb.SequenceNumber)
      if (next === undefined) return
      if (page.records.length === 0) await rest(idlePollMs)
    }
  }

  const follow = async () => {
    while (!signal.aborted) {
      try {
        const found = await api.shards(signal)
        for (const { ShardId, ParentShardId } of found) {
          if (shards.has(ShardId) || (ParentShardId !== undefined && shards.get(ParentShardId)?.done === false))
            continue
          const state = { done: false, reading: Promise.resolve() }
          shards.set(ShardId, state)
          state.reading = readShard(ShardId).then(
            () => void (state.done = true),
            (error: unknown) => {
              if (!signal.aborted) trace({ kind: 'failure', name: options.source, reason: String(error) })
            },
          )
        }
      } catch (error) {
        if (!signal.aborted) trace({ kind: 'failure', name: options.source, reason: String(error) })
      }
      await rest(shardPollMs)
    }
  }

  const following = follow()
  return {
    stop: async () => {
      stopping.abort()
      await following
      await Promise.all([...shards.values()].map(({ reading }) => reading))
    },
  }
}
