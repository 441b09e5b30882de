import { type Kind, KeyRange, type RangeRules } from './key-range.ts'
import { OnDemandGrowth } from './on-demand-growth.ts'
import { comparePlaces, hashes, type Place } from './place.ts'

/** All key ranges of a table or of one of its indexes. They are divided and never joined. */
export class KeyRanges {
  readonly #ranges: KeyRange[]
  readonly #rules: RangeRules
  readonly #growth = new OnDemandGrowth()

  constructor(count: number, rules: RangeRules, now: number) {
    this.#rules = rules
    this.#ranges = Array.from({ length: count }, (_, index) => {
      const hash = Math.floor((hashes / count) * index)
      return new KeyRange({ hash, sort: '' }, rules, now)
    })
  }

  get count(): number {
    return this.#ranges.length
  }

  /** The largest share of its capacity that any range used in ten seconds. */
  mostUsed(kind: Kind): number {
    return Math.max(...this.#ranges.map((range) => range.mostUsed[kind]))
  }

  has(kind: Kind, units: number, { place, now }: { place: Place; now: number }): boolean {
    const index = this.#indexOf(place)
    const range = this.#ranges[index]!
    const middle = range.splitAt(now)
    if (middle !== undefined) this.#insert(index + 1, middle, now)
    return this.#ranges[this.#indexOf(place)]!.has(kind, units, now)
  }

  spend(kind: Kind, units: number, { place, now }: { place: Place; now: number }): void {
    this.#ranges[this.#indexOf(place)]!.spend(kind, units, { place, now })
    const earned = this.#growth.note(kind, units, now)
    while (this.#ranges.length < earned && this.#divideWidest(now));
  }

  /** Halves the range with the most hashes. Returns false if each has only one. */
  #divideWidest(now: number): boolean {
    const widths = this.#ranges.map((range, index) => (this.#ranges[index + 1]?.from.hash ?? hashes) - range.from.hash)
    const widest = Math.max(...widths)
    if (widest < 2) return false
    const index = widths.indexOf(widest)
    const hash = this.#ranges[index]!.from.hash + Math.floor(widest / 2)
    this.#insert(index + 1, { hash, sort: '' }, now)
    return true
  }

  #insert(index: number, from: Place, now: number): void {
    this.#ranges.splice(index, 0, new KeyRange(from, this.#rules, now))
  }

  #indexOf(place: Place): number {
    let low = 0
    let high = this.#ranges.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (comparePlaces(this.#ranges[middle]!.from, place) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }
}
