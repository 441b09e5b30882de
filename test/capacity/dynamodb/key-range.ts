import { figures } from '../figures.ts'
import { TokenBucket } from '../token-bucket.ts'
import { comparePlaces, type Place } from './place.ts'

export type Kind = 'read' | 'write'

export type RangeRules = {
  /** How many seconds of unused capacity a range keeps beyond the current second. 0: none. */
  burstSeconds: number
  /** How long a range must be hot before it is split. */
  heatSeconds: number
}

const slotMilliseconds = 10_000
/** The share of its capacity above which a range counts as hot. */
const hotShare = 0.9
const samplesKept = 64

/** One key range (partition): it has a capacity of its own for reads and for writes, which do not affect each other. */
export class KeyRange {
  readonly from: Place
  readonly #buckets: Readonly<Record<Kind, TokenBucket>>
  readonly #rules: RangeRules
  /** The places of its last units, from which a split chooses the middle. */
  #samples: Place[] = []
  #sampled = 0
  #slot = { at: 0, used: { read: 0, write: 0 }, isRefused: false }
  #hotSince: number | undefined
  #checkAgainAt = 0
  /** The largest share of its capacity that was used in ten seconds. */
  readonly mostUsed: Record<Kind, number> = { read: 0, write: 0 }

  constructor(from: Place, rules: RangeRules, now: number) {
    this.from = from
    this.#rules = rules
    const bucket = (rate: number) => new TokenBucket({ rate, capacity: rate * (1 + rules.burstSeconds), now })
    this.#buckets = { read: bucket(figures.partitionReads.value), write: bucket(figures.partitionWrites.value) }
  }

  has(kind: Kind, units: number, now: number): boolean {
    this.#turn(now)
    const isAccepted = this.#buckets[kind].has(units, now)
    if (!isAccepted) this.#slot.isRefused = true
    return isAccepted
  }

  spend(kind: Kind, units: number, { place, now }: { place: Place; now: number }): void {
    this.#turn(now)
    this.#buckets[kind].spend(units, now)
    this.#slot.used[kind] += units
    this.#sampled += 1
    this.#samples[this.#sampled % samplesKept] = place
  }

  /**
   * Where DynamoDB would split this range now, because it has been hot for long enough. Undefined if it was not, or if a
   * single item causes the heat.
   */
  splitAt(now: number): Place | undefined {
    this.#turn(now)
    if (this.#hotSince === undefined || now - this.#hotSince < this.#rules.heatSeconds * 1000) return undefined
    if (now < this.#checkAgainAt) return undefined
    this.#checkAgainAt = now + slotMilliseconds
    const sorted = this.#samples.filter((each) => each !== undefined).toSorted(comparePlaces)
    const middle = sorted[sorted.length >> 1]
    const least = sorted[0]
    if (middle === undefined || least === undefined) return undefined
    // An item cannot be divided, so there must be something on both sides.
    const above = sorted.find((each) => comparePlaces(each, least) > 0)
    if (above === undefined) return undefined
    return comparePlaces(middle, least) > 0 ? middle : above
  }

  /** Begins a new slot. A range stays hot from slot to slot, and cools down in one slot that is not. */
  #turn(now: number): void {
    const slot = this.#slot
    if (now < slot.at + slotMilliseconds) return
    const seconds = slotMilliseconds / 1000
    const shares = {
      read: slot.used.read / (figures.partitionReads.value * seconds),
      write: slot.used.write / (figures.partitionWrites.value * seconds),
    }
    this.mostUsed.read = Math.max(this.mostUsed.read, shares.read)
    this.mostUsed.write = Math.max(this.mostUsed.write, shares.write)
    const isHot = slot.isRefused || shares.read >= hotShare || shares.write >= hotShare
    const isNext = now < slot.at + 2 * slotMilliseconds
    this.#hotSince = isHot && isNext ? (this.#hotSince ?? slot.at) : undefined
    if (this.#hotSince === undefined) this.#samples = []
    const at = now - (now % slotMilliseconds)
    this.#slot = { at, used: { read: 0, write: 0 }, isRefused: false }
  }
}
