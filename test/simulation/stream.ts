import type { Change, ChangeStream } from '../fakes/dynamodb/stream.ts'
import { streamRules } from './deployment.ts'
import { type Invocation, raise, type Scheduler } from './scheduler.ts'
import { keyText, textIn } from './watch.ts'

/** The consumer of a batch. Returns the index from which the batch must be redelivered, or its length. */
export type StreamConsumer = (invocation: Invocation, batch: readonly Change[]) => Promise<number>

type Options = { stream: ChangeStream; scheduler: Scheduler; consume: StreamConsumer; whenIdle: () => void }
type Lane = { waiting: Change[]; busy: boolean; failures: number }

/** The filter pattern of serverless.yml. */
const filter: { dynamodb?: { NewImage?: { entity?: { S?: unknown } } } } = streamRules.filterPatterns[0] ?? {}
const wanted = new Set(filter.dynamodb?.NewImage?.entity?.S as string[])

/**
 * The table's stream and the poller that Lambda runs for it. Changes of one item stay in order in one lane. A batch
 * that fails is redelivered from the failed record, or in halves, without a limit. A lost checkpoint replays a batch.
 */
export class StreamSource {
  readonly #options: Options
  readonly #lanes: Lane[]
  #cursor = 0

  constructor(options: Options) {
    this.#options = options
    this.#lanes = Array.from({ length: streamRules.parallelizationFactor }, () => ({
      waiting: [],
      busy: false,
      failures: 0,
    }))
  }

  get idle(): boolean {
    return this.#lanes.every(({ waiting, busy }) => waiting.length === 0 && !busy)
  }

  mark(): () => void {
    const cursor = this.#cursor
    const lanes = this.#lanes.map((lane) => ({ lane, as: { ...lane, waiting: [...lane.waiting] } }))
    return () => {
      this.#cursor = cursor
      for (const { lane, as } of lanes) Object.assign(lane, { ...as, waiting: [...as.waiting] })
    }
  }

  /** Takes what was committed since the last call. */
  take(): void {
    const { changes, cursor } = this.#options.stream.read(this.#cursor)
    this.#cursor = cursor
    for (const change of changes) {
      if (!wanted.has(textIn(change.newImage, 'entity'))) continue
      this.#enqueue(change)
    }
  }

  /** Redelivers changes out of order, like a replayed checkpoint or a restored table. */
  replay(changes: readonly Change[]): void {
    for (const change of changes) if (wanted.has(textIn(change.newImage, 'entity'))) this.#enqueue(change)
  }

  #enqueue(change: Change): void {
    const key = keyText(change.keys)
    const lane = this.#lanes[laneOf(key, this.#lanes.length)]!
    lane.waiting.push(change)
    if (lane.waiting.length === 1 && !lane.busy) this.#workSoon(lane, streamRules.batchWindow * 1000)
  }

  #workSoon(lane: Lane, delay: number): void {
    lane.busy = true
    this.#options.scheduler.after(delay, () => this.#work(lane, lane.waiting.slice(0, streamRules.batchSize)))
  }

  #work(lane: Lane, batch: readonly Change[]): void {
    const { scheduler, consume } = this.#options
    scheduler.invoke(
      'project-changes',
      async (invocation) => {
        const from = await consume(invocation, batch)
        await scheduler.gate(invocation, {
          label: 'checkpoint',
          faults: ['refused'],
          perform: () => lane.waiting.splice(0, from),
          onLost: raise('the checkpoint was not confirmed'),
          onRefused: raise('the checkpoint failed'),
          takes: 3,
        })
        return from === batch.length
      },
      (outcome) => {
        if (outcome.kind === 'done' && outcome.value) lane.failures = 0
        else lane.failures += 1
        if (outcome.kind === 'failed' && streamRules.bisectBatchOnFunctionError && batch.length > 1) {
          return this.#work(lane, batch.slice(0, Math.ceil(batch.length / 2)))
        }
        if (lane.waiting.length > 0)
          return this.#workSoon(lane, Math.min(60_000, 200 * 2 ** Math.min(lane.failures, 9)))
        lane.busy = false
        if (this.idle) this.#options.whenIdle()
      },
    )
  }
}

function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % lanes
}
