import { figures } from '../figures.ts'

/**
 * How many batches of a queue Lambda processes at once: five at first, and up to 300 more each minute while messages
 * wait, up to the maximum concurrency of the source.
 */
export class QueueSource {
  readonly #maximum: number
  #allowed: number
  #at: number
  #busy = 0
  mostBusy = 0

  constructor(maximumConcurrency: number, now: number) {
    this.#maximum = maximumConcurrency
    this.#allowed = Math.min(maximumConcurrency, figures.queueSourceStart.value)
    this.#at = now
  }

  /** Batches that may be in progress at this time. `waiting`: whether messages wait. */
  allowed(waiting: boolean, now: number): number {
    const grown = ((now - this.#at) / 60_000) * figures.queueSourceGrowth.value
    this.#at = now
    const least = Math.min(this.#maximum, figures.queueSourceStart.value)
    this.#allowed = waiting ? Math.min(this.#maximum, this.#allowed + grown) : Math.max(least, this.#allowed - grown)
    return Math.floor(this.#allowed)
  }

  get busy(): number {
    return this.#busy
  }

  /** Begins a batch if one more may be in progress. */
  begin(now: number): boolean {
    if (this.#busy >= this.allowed(true, now)) return false
    this.#busy += 1
    this.mostBusy = Math.max(this.mostBusy, this.#busy)
    return true
  }

  end(): void {
    this.#busy -= 1
  }
}
