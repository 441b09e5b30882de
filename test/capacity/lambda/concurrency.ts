import { figures } from '../figures.ts'
import { TokenBucket } from '../token-bucket.ts'

/** The concurrent executions that all functions of an account share, minus what functions have reserved. */
export class AccountConcurrency {
  readonly limit: number
  #left: number
  #least: number

  constructor(limit: number = figures.accountConcurrency.value) {
    this.limit = limit
    this.#left = limit
    this.#least = limit
  }

  get left(): number {
    return this.#left
  }

  /** The fewest executions that were left. */
  get least(): number {
    return this.#least
  }

  reserve(count: number): void {
    this.#left -= count
  }

  take(): boolean {
    if (this.#left <= 0) return false
    this.#left -= 1
    this.#least = Math.min(this.#least, this.#left)
    return true
  }

  give(): void {
    this.#left += 1
  }
}

export type LambdaFunctionOptions = {
  account: AccountConcurrency
  /** Executions that are kept for this function, and which it cannot exceed. Undefined: none are kept. */
  reserved?: number | undefined
  coldStartMilliseconds: number
  now: number
}

/** Lambda keeps an idle environment for some minutes. AWS does not say how long. */
export const assumedIdleMilliseconds = 600_000

/**
 * The environments of one function: each runs one invocation at a time and is used again. New ones start cold, at most
 * 1,000 in ten seconds.
 */
export class LambdaFunction {
  readonly #options: LambdaFunctionOptions
  readonly #starts: TokenBucket
  /** When each idle environment became idle. The last one is used first. */
  #idle: number[] = []
  #busy = 0
  coldStarts = 0
  throttles = 0
  mostBusy = 0

  constructor(options: LambdaFunctionOptions) {
    this.#options = options
    options.account.reserve(options.reserved ?? 0)
    const capacity = figures.newEnvironments.value
    this.#starts = new TokenBucket({ rate: capacity / 10, capacity, now: options.now })
  }

  get busy(): number {
    return this.#busy
  }

  /** Begins an invocation. Returns how long its environment takes to start (0 if it is warm). */
  begin(now: number): { afterMilliseconds: number } | 'throttled' {
    const { account, reserved, coldStartMilliseconds } = this.#options
    if (reserved === undefined ? account.left <= 0 : this.#busy >= reserved) return this.#throttle()
    this.#idle = this.#idle.length > 0 && this.#idle.at(-1)! < now - assumedIdleMilliseconds ? [] : this.#idle
    const isWarm = this.#idle.pop() !== undefined
    if (!isWarm && !this.#starts.take(1, now)) return this.#throttle()
    if (reserved === undefined) account.take()
    this.#busy += 1
    this.mostBusy = Math.max(this.mostBusy, this.#busy)
    if (isWarm) return { afterMilliseconds: 0 }
    this.coldStarts += 1
    return { afterMilliseconds: coldStartMilliseconds }
  }

  end(now: number): void {
    this.#busy -= 1
    this.#idle.push(now)
    if (this.#options.reserved === undefined) this.#options.account.give()
  }

  #throttle(): 'throttled' {
    this.throttles += 1
    return 'throttled'
  }
}

/** Milliseconds on Lambda of work that takes this long on one whole processor of the same speed. */
export const processorMilliseconds = (milliseconds: number, memoryMegabytes: number): number =>
  milliseconds * Math.max(1, figures.vcpuMegabytes.value / memoryMegabytes)
