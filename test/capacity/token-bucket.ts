/** A token bucket in virtual time. Times are milliseconds, the rate is tokens a second. It begins full. */
export class TokenBucket {
  readonly rate: number
  readonly capacity: number
  #level: number
  #at: number

  constructor({ rate, capacity, now }: { rate: number; capacity: number; now: number }) {
    this.rate = rate
    this.capacity = capacity
    this.#level = capacity
    this.#at = now
  }

  /** The tokens at this time. */
  level(now: number): number {
    if (now > this.#at) {
      this.#level = Math.min(this.capacity, this.#level + ((now - this.#at) / 1000) * this.rate)
      this.#at = now
    }
    return this.#level
  }

  /** Whether this many tokens can be taken. Something larger than the bucket needs a full one, which it overdraws. */
  has(tokens: number, now: number): boolean {
    return this.level(now) >= Math.min(tokens, this.capacity) - 1e-9
  }

  /** Takes tokens without asking. */
  spend(tokens: number, now: number): void {
    this.#level = this.level(now) - tokens
  }

  /** Takes tokens if there are enough. */
  take(tokens: number, now: number): boolean {
    if (!this.has(tokens, now)) return false
    this.spend(tokens, now)
    return true
  }
}
