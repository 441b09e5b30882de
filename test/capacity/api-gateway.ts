import { figures } from './figures.ts'
import { TokenBucket } from './token-bucket.ts'

export type Throttle = { rate: number; burst: number }

/** The throttling of an HTTP API: one token bucket for the account, and one for each route that has limits of its own. */
export class ApiGateway {
  readonly #account: TokenBucket
  readonly #routes: ReadonlyMap<string, TokenBucket>
  /** Calls of each route in the current second, refused ones included, and the most of any second. */
  readonly #seconds = new Map<string, { second: number; calls: number; most: number }>()

  constructor(routes: Readonly<Record<string, Throttle>>, now: number, account: Throttle = accountThrottle) {
    const bucket = ({ rate, burst }: Throttle) => new TokenBucket({ rate, capacity: burst, now })
    this.#account = bucket(account)
    this.#routes = new Map(Object.entries(routes).map(([route, throttle]) => [route, bucket(throttle)]))
  }

  /** The largest number of calls of a second, by the rate of the route. */
  mostUsed(route: string): number {
    const rate = this.#routes.get(route)?.rate ?? this.#account.rate
    return (this.#seconds.get(route)?.most ?? 0) / rate
  }

  /** Whether a call passes. Otherwise its caller gets 429. */
  admits(route: string, now: number): boolean {
    this.#count(route, Math.floor(now / 1000))
    const own = this.#routes.get(route)
    if (own !== undefined && !own.has(1, now)) return false
    if (!this.#account.take(1, now)) return false
    own?.spend(1, now)
    return true
  }

  #count(route: string, second: number): void {
    const known = this.#seconds.get(route)
    if (known === undefined) this.#seconds.set(route, { second, calls: 1, most: 1 })
    else {
      known.calls = known.second === second ? known.calls + 1 : 1
      known.second = second
      known.most = Math.max(known.most, known.calls)
    }
  }
}

const accountThrottle: Throttle = { rate: figures.gatewayRate.value, burst: figures.gatewayBurst.value }
