import { awsClientOptions } from '../../../lib/aws-client.ts'
import { startPatience } from '../../../lib/store/table/patience.ts'
import { hashOf, mixed, type Place } from '../../capacity/dynamodb/place.ts'
import type { Charge, TableCapacity } from '../../capacity/dynamodb/table-capacity.ts'
import type { Seeded } from '../../simulation/random.ts'
import type { Call, Round, Share } from '../measuring/recipe.ts'
import type { Timeline, Work } from './timeline.ts'

/** The request, its account and the upstream request id that a step is about, as numbers. */
export type Subject = { request: number; account: number; upstream: number }

/** A call was throttled until the SDK, and the store behind it, gave up. */
export class Throttled extends Error {}

/** The first delay of the AWS SDK after a throttled call, and its longest: `@smithy/core/retry`, standard mode. */
const sdkDelays = { first: 500, most: 20_000 }
const dueShards = 4
/** The table is never faster than this. AWS promises single-digit milliseconds. */
export const callMilliseconds = 5

type Options = { timeline: Timeline; table: TableCapacity; random: Seeded }

/** Makes the calls of recipes: takes their units from the table, and repeats throttled calls as the gateway does. */
export class TableCalls {
  readonly units = { read: 0, write: 0 }
  calls = 0
  /** Calls that were throttled at least once, and those that failed in the end. */
  throttled = 0
  failed = 0
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** Rounds one after the other. Throws `Throttled`. */
  *replay(rounds: readonly Round[], subject: Subject): Work {
    for (const round of rounds) if (round !== 'post') yield* this.#round(round.calls, subject)
  }

  *#round(calls: readonly Call[], subject: Subject): Work {
    this.calls += calls.length
    let refused = this.#tryAll(
      calls.map(({ style, shares }) => ({ style, charges: shares.map((share) => this.#charge(share, subject)) })),
    )
    yield callMilliseconds
    if (refused.length === 0) return
    this.throttled += refused.length
    const { timeline, random } = this.#options
    let slept: number | undefined
    const sleep = (milliseconds: number) => {
      slept = milliseconds
      return new Promise<never>(() => undefined)
    }
    const patience = startPatience({ clock: () => timeline.now, sleep, random: random.next } as never)
    for (let attempt = 1; refused.length > 0; attempt += 1) {
      const isLeftToSdk = refused.some(({ style }) => style === 'single')
      slept = undefined
      if (isLeftToSdk) {
        if (attempt < awsClientOptions.maxAttempts)
          slept = random.next() * Math.min(sdkDelays.most, sdkDelays.first * 2 ** (attempt - 1))
      } else void patience()
      if (slept === undefined) {
        this.failed += refused.length
        throw new Throttled('the table is throttled')
      }
      yield slept
      refused = this.#tryAll(refused)
      yield callMilliseconds
    }
  }

  /** Tries one call once, without waiting. */
  tries({ shares }: Call, subject: Subject): boolean {
    return this.#take(shares.map((share) => this.#charge(share, subject)))
  }

  /** Tries calls and returns what was refused. Of a batch, only the items that were not written remain. */
  #tryAll(calls: readonly Attempt[]): Attempt[] {
    const refused: Attempt[] = []
    for (const call of calls) {
      if (call.style !== 'batch') {
        if (!this.#take(call.charges)) refused.push(call)
        continue
      }
      const left = call.charges.filter((charge) => !this.#take([charge]))
      if (left.length > 0) refused.push({ style: 'batch', charges: left })
    }
    return refused
  }

  #take(charges: readonly Charge[]): boolean {
    const { table, timeline } = this.#options
    if (table.takeAll(charges, timeline.now) === 'throttled') return false
    for (const { kind, units } of charges) this.units[kind] += units
    return true
  }

  #charge({ role, nth, kind, units, index }: Share, subject: Subject): Charge {
    return { place: this.#place(role, nth, subject), kind, units, index }
  }

  /** Where a key is. Keys of one role and number are the same for the same subject, except those of devices. */
  #place(role: string, nth: number, { request, account, upstream }: Subject): Place {
    const { random, timeline } = this.#options
    switch (role) {
      case 'DEV':
        return { hash: (random.next() * 2 ** 32) >>> 0, sort: '' }
      case 'REQ':
        return { hash: mixed(request * 64 + 1 + nth), sort: nth }
      case 'TSR':
        return { hash: mixed(upstream * 64 + 7 + nth), sort: random.next() }
      // Entries of these indexes are sorted by time, so that new ones are always last.
      case 'DUE':
        return { hash: hashOf(`DUE#${mixed(request + nth) % dueShards}`), sort: timeline.now }
      case 'ACC':
        return { hash: hashOf(`ACC#${account}`), sort: timeline.now }
      default:
        return { hash: hashOf(`${role}#${nth}`), sort: timeline.now }
    }
  }
}

type Attempt = { style: Call['style']; charges: readonly Charge[] }
