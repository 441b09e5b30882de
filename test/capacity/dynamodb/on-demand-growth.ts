import { figures } from '../figures.ts'
import type { Kind } from './key-range.ts'

const minuteMilliseconds = 60_000

/**
 * How many key ranges an on-demand table needs to accept twice its previous peak. A peak is the average of a minute, and
 * counts as previous when half an hour has passed.
 */
export class OnDemandGrowth {
  #minute = 0
  #used = { read: 0, write: 0 }
  readonly #coming: { at: number; ranges: number }[] = []
  #mostComing = 0

  /** Notes accepted units. Returns the number of key ranges that the table has earned by now, or 0. */
  note(kind: Kind, units: number, now: number): number {
    const minute = Math.floor(now / minuteMilliseconds)
    if (minute !== this.#minute) {
      this.#close()
      this.#minute = minute
    }
    this.#used[kind] += units
    let earned = 0
    while (this.#coming[0] !== undefined && this.#coming[0].at <= now) earned = this.#coming.shift()!.ranges
    return earned
  }

  #close(): void {
    const { read, write } = this.#used
    this.#used = { read: 0, write: 0 }
    const needed = (units: number, limit: number) => Math.ceil(((units / 60) * figures.growthFactor.value) / limit)
    const ranges = Math.max(needed(write, figures.partitionWrites.value), needed(read, figures.partitionReads.value))
    if (ranges <= this.#mostComing) return
    this.#mostComing = ranges
    const at = (this.#minute + 1) * minuteMilliseconds + figures.growthSeconds.value * 1000
    this.#coming.push({ at, ranges })
  }
}
