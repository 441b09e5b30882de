import { figures } from '../figures.ts'
import type { Kind } from './key-range.ts'
import { KeyRanges } from './key-ranges.ts'
import { type Place, placeOf } from './place.ts'

/** Units of one item or page. Without `index` they belong to the table itself. */
export type Charge = {
  place: Place
  kind: Kind
  units: number
  index?: string | undefined
}

export type TableCapacityOptions = {
  now: number
  /** The global indexes. */
  indexes: readonly string[]
  /** Key ranges of the table, and of each index, at first. By default those of a new table. */
  ranges?: number
  burstSeconds?: number
  /** How long a key range must be hot before DynamoDB divides it. AWS only says that it takes minutes. */
  heatSeconds?: number
}

/** The number of key ranges of a new on-demand table. */
const newTableRanges = Math.max(
  figures.newTableWrites.value / figures.partitionWrites.value,
  figures.newTableReads.value / figures.partitionReads.value,
)

/** Seconds that a key range is assumed to be hot before it is divided. */
export const assumedHeatSeconds = 300

/**
 * The throughput of an on-demand table: what each key range accepts, how ranges are divided, and how indexes hold back
 * the writes of the table. It knows no items, only units.
 */
export class TableCapacity {
  readonly #all = new Map<string, KeyRanges>()
  /** Refusals so far, by table (`''`) or index and kind. */
  readonly refused = new Map<string, number>()

  constructor({
    now,
    indexes,
    ranges = newTableRanges,
    burstSeconds = 0,
    heatSeconds = assumedHeatSeconds,
  }: TableCapacityOptions) {
    for (const name of ['', ...indexes]) this.#all.set(name, new KeyRanges(ranges, { burstSeconds, heatSeconds }, now))
  }

  /** The number of key ranges of the table or of an index. A stream has one shard for each range of the table. */
  rangesOf(index = ''): number {
    return this.#rangesFor(index).count
  }

  /** The largest share of its capacity that any range of the table or an index used in ten seconds. */
  mostUsed(kind: Kind, index = ''): number {
    return this.#rangesFor(index).mostUsed(kind)
  }

  /** One item or page by its key. */
  take({
    key,
    index,
    kind,
    units,
    now,
  }: {
    key: { pk: string; sk?: string | number }
    index?: string
    kind: Kind
    units: number
    now: number
  }): 'taken' | 'throttled' {
    return this.takeAll([{ place: placeOf(key), index, kind, units }], now)
  }

  /**
   * One call with all its units: those of its items and of the index entries that it changes. If one of them is
   * refused, the call is throttled and takes none. In this way an index that is full holds back the table.
   */
  takeAll(charges: readonly Charge[], now: number): 'taken' | 'throttled' {
    for (const { place, kind, units, index = '' } of charges) {
      if (this.#rangesFor(index).has(kind, units, { place, now })) continue
      const name = `${index} ${kind}`
      this.refused.set(name, (this.refused.get(name) ?? 0) + 1)
      return 'throttled'
    }
    for (const { place, kind, units, index = '' } of charges) this.#rangesFor(index).spend(kind, units, { place, now })
    return 'taken'
  }

  #rangesFor(index: string): KeyRanges {
    const ranges = this.#all.get(index)
    if (ranges === undefined) throw new Error(`the table has no index ${index}`)
    return ranges
  }
}
