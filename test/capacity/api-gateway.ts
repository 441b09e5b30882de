import { figures } from './figures.ts'
import { TokenBucket } from './token-bucket.ts'

export type Throttle = { rate: number; burst: number }

/** The throttling of an HTTP API: one token bucket for the account, and one for each route that has limits of its own. */
export class ApiGateway {
  readonly #account: TokenBucket
  readonly #routes: ReadonlyMap<string, TokenBucket>

  constructor(routes: Readonly<Record<string, Throttle>>, now: number, account: Throttle = accountThrottle) {
    const bucket = ({ rate, burst }: Throttle) => new TokenBucket({ rate, capacity: burst, now })
    this.#account = bucket(account)
    this.#routes = new Map(Object.entries(routes).map(([route, throttle]) => [route, bucket(throttle)]))
  }

  /** Whether a call passes. Otherwise its caller gets 429. */
  admits(route: string, now: number): boolean {
    const own = this.#routes.get(route)
    if (own !== undefined && !own.has(1, now)) return false
    if (!this.#account.take(1, now)) return false
    own?.spend(1, now)
    return true
  }
}

const accountThrottle: Throttle = { rate: figures.gatewayRate.value, burst: figures.gatewayBurst.value }
