import type { SubmissionOutcome } from '../../../lib/profile/request/outcome.ts'
import { readAnswer, submissionOutcome } from '../../../lib/thingspace/answer/errors.ts'
import { TokenBucket } from '../../capacity/token-bucket.ts'
import type { Seeded } from '../../simulation/random.ts'

/** What ThingSpace answers during an outage. `silent`: the call is received and never answered. */
export type OutageKind = '429' | '503' | 'silent'
type Outage = { from: number; to: number; kind: OutageKind }

/** Unknown properties of ThingSpace, so parameters. Times are milliseconds. */
export type ThingSpaceOptions = {
  /** Half of the answers take longer, one in a hundred takes longer than `slow`. */
  usual: number
  slow: number
  /** Calls a second that it accepts, with a burst of one second. It answers others with 429. Infinity: no limit. */
  callsPerSecond: number
  outage?: Outage | undefined
  /** `Retry-After` of a 429. */
  retryAfterSeconds: number
}

export const assumedThingSpace: ThingSpaceOptions = {
  usual: 800,
  slow: 4000,
  callsPerSecond: Infinity,
  retryAfterSeconds: 30,
}

type Reply = { outcome: SubmissionOutcome; milliseconds: number }

const probeMilliseconds = 5_000

/** The normal distribution's 99th percentile. */
const deviationsOfSlow = 2.326

/** ThingSpace as a caller sees it. Its answers are read by the gateway's own code. */
export class ThingSpaceModel {
  posts = 0
  postsInOutage = 0
  accepted = 0
  readonly #options: ThingSpaceOptions
  readonly #random: Seeded
  readonly #bucket: TokenBucket | undefined

  constructor(options: ThingSpaceOptions, random: Seeded) {
    this.#options = options
    this.#random = random
    const { callsPerSecond: rate } = options
    this.#bucket = rate === Infinity ? undefined : new TokenBucket({ rate, capacity: rate, now: 0 })
  }

  post(now: number, budgetMilliseconds: number): Reply {
    this.posts += 1
    const { outage, retryAfterSeconds } = this.#options
    const wait = { 'retry-after': String(retryAfterSeconds) }
    const milliseconds = Math.min(this.#answerTime(), budgetMilliseconds)
    if (outage !== undefined && now >= outage.from && now < outage.to) {
      this.postsInOutage += 1
      switch (outage.kind) {
        case '429':
          return { outcome: this.#read(429, wait, now), milliseconds }
        case '503':
          return { outcome: this.#read(503, wait, now), milliseconds }
        case 'silent':
          return { outcome: { kind: 'unknown', cause: 'no-answer', error: {} }, milliseconds: budgetMilliseconds }
      }
    }
    if (this.#bucket?.take(1, now) === false) return { outcome: this.#read(429, wait, now), milliseconds }
    this.accepted += 1
    return { outcome: { kind: 'accepted', upstreamRequestId: `upstream-${this.accepted}` }, milliseconds }
  }

  /** A harmless call (lib/profile/submission/hold-back.ts), which has little time. */
  probe(now: number): { isAnswered: boolean; milliseconds: number } {
    const { outage } = this.#options
    const milliseconds = Math.min(this.#answerTime(), probeMilliseconds)
    if (outage !== undefined && now >= outage.from && now < outage.to) {
      return { isAnswered: false, milliseconds: outage.kind === 'silent' ? probeMilliseconds : milliseconds }
    }
    return { isAnswered: this.#bucket?.take(1, now) !== false && milliseconds < probeMilliseconds, milliseconds }
  }

  #read(status: number, headers: Record<string, string>, now: number): SubmissionOutcome {
    const answer = { status, headers, body: '' }
    const reading = readAnswer(answer, now)
    if (reading.kind === 'credential') throw new Error('the model sends no such answer')
    return submissionOutcome(answer, reading)
  }

  #answerTime(): number {
    const { usual, slow } = this.#options
    const [a, b] = [this.#random.next(), this.#random.next()]
    const normal = Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b)
    return usual * Math.exp((normal * Math.log(slow / usual)) / deviationsOfSlow)
  }
}
