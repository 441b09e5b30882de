import { figures } from '../figures.ts'

export type StreamRules = { batchSize: number; parallelizationFactor: number; windowSeconds: number }

type Lane<Item> = { waiting: Item[]; head: number; isBusy: boolean; isPolled: boolean }

/** The time between two reads of a shard. */
export const pollMilliseconds = 1000 / figures.streamPolls.value

/**
 * The stream of a table as Lambda reads it. A stream has one shard for each key range, and Lambda processes
 * `parallelizationFactor` batches of a shard at once. Records of one item stay in order in one lane.
 */
export class StreamLanes<Item> {
  readonly #rules: StreamRules
  readonly #lanes: Lane<Item>[]
  #waiting = 0
  #busy = 0
  mostBusy = 0

  constructor(shards: number, rules: StreamRules) {
    this.#rules = rules
    this.#lanes = newLanes(shards * rules.parallelizationFactor)
  }

  get lanes(): number {
    return this.#lanes.length
  }

  /** Records that are not processed. */
  get waiting(): number {
    return this.#waiting
  }

  /** Puts a record behind those of its lane. Returns the lane. */
  put(itemHash: number, item: Item): number {
    const lane = itemHash % this.#lanes.length
    this.#lanes[lane]!.waiting.push(item)
    this.#waiting += 1
    return lane
  }

  /** Whether the next read of a lane must be planned: nothing is in progress, and no read is planned yet. */
  asksForPoll(lane: number): boolean {
    const own = this.#lanes[lane]!
    if (own.isBusy || own.isPolled) return false
    own.isPolled = true
    return true
  }

  /** The next batch of a lane. None if a batch of it is in progress. */
  begin(lane: number): Item[] {
    const own = this.#lanes[lane]!
    own.isPolled = false
    if (own.isBusy || own.head >= own.waiting.length) return []
    own.isBusy = true
    this.#busy += 1
    this.mostBusy = Math.max(this.mostBusy, this.#busy)
    return own.waiting.slice(own.head, own.head + this.#rules.batchSize)
  }

  /** Ends the batch of a lane. The records that are not `done` come again first. */
  end(lane: number, done: number): void {
    const own = this.#lanes[lane]!
    own.isBusy = false
    this.#busy -= 1
    own.head += done
    this.#waiting -= done
    if (own.head > 1000 && own.head * 2 > own.waiting.length) {
      own.waiting = own.waiting.slice(own.head)
      own.head = 0
    }
  }
}

const newLanes = <Item>(count: number): Lane<Item>[] =>
  Array.from({ length: count }, () => ({ waiting: [], head: 0, isBusy: false, isPolled: false }))
