import type { Flow } from '../../../lib/profile/flow-control/flow.ts'
import type { Submission } from '../../../lib/profile/request/submission.ts'
import type { FaultKind } from '../plan.ts'
import type { Invocation } from '../scheduler.ts'
import { Violation } from '../violation.ts'

export type FlowRulesOptions = {
  now: () => number
  /** The largest limit. */
  most: number
  /** How many calls may begin in a minute. Zero: any number. */
  callsPerMinute: number
  /** The longest time for which a slot is kept. */
  slotMilliseconds: number
  /** Clocks agree, and nothing but the plan fails. */
  isCalm: boolean
  faults: () => readonly FaultKind[]
}

/** An environment may believe for five seconds what it has read, and needs some time from asking to the call. */
const learnsWithin = 15_000
/** Without faults, a held order asks again this long after its date at the latest. */
const asksWithin = 60_000
/** So long after the last trouble calls are not limited any more. */
const forgottenAfter = 600_000
/** If the table fails, calls are not limited. A suspended process makes its call when it continues. */
const unlimiting: ReadonlySet<FaultKind> = new Set(['refused', 'lost', 'frozen'])

/** Checks the limits of calls: what is stored of them, and every call to ThingSpace as it begins. */
export class FlowRules {
  readonly #options: FlowRulesOptions
  #flow: Flow | undefined
  /** Since when calls are counted, and since when the present pause is stored. */
  #limitedAt = Infinity
  #pausedAt = Infinity
  /** A `Retry-After` that the gateway has received: when, and until when it asks to wait. */
  #asked = { at: 0, until: 0 }
  #underWay = new Map<Invocation, number>()
  /** When the calls of orders began. */
  #began: number[] = []
  /** Who took a slot, by its number and the end of its lease. */
  #holders = new Map<string, Invocation | undefined>()
  #resumes = 0

  constructor(options: FlowRulesOptions) {
    this.#options = options
  }

  mark(): () => void {
    const [flow, limitedAt, pausedAt, asked] = [this.#flow, this.#limitedAt, this.#pausedAt, this.#asked]
    const began = [...this.#began]
    const holders = [...this.#holders]
    const resumes = this.#resumes
    return () => {
      this.#flow = flow
      this.#limitedAt = limitedAt
      this.#pausedAt = pausedAt
      this.#asked = asked
      this.#began = [...began]
      this.#underWay = new Map()
      this.#holders = new Map(holders)
      this.#resumes = resumes
    }
  }

  /** The stored limit of calls at once, if there is one. */
  get limit(): number {
    return this.#flow?.limit ?? this.#options.most
  }

  /** When the limit was last lowered. */
  get loweredAt(): number {
    return this.#flow?.loweredAt ?? Infinity
  }

  /** How often an operator has ended a pause. */
  get resumes(): number {
    return this.#resumes
  }

  /** The slots that are stored, even those whose lease has ended. */
  get slots(): number {
    return Object.keys(this.#flow?.slots ?? {}).length
  }

  /** Checks what a function has stored. Returns `resumed` if an operator has ended a pause. */
  stored(before: Flow | undefined, after: Flow, by?: Invocation): 'resumed' | undefined {
    const { now, most } = this.#options
    if (after.revision !== (before?.revision ?? 0) + 1)
      throw new Violation('I21 flow', `revision ${before?.revision} of the flow was overwritten`)
    if (after.limit < 1 || after.limit > most) throw new Violation('I21 flow', `the limit is ${after.limit}`)
    const isTaken = Object.keys(after.slots).some(
      (number) => before?.slots[number]?.until !== after.slots[number]?.until,
    )
    const held = this.#slots(after)
    const bulk = held.filter(({ lane }) => lane === 'bulk').length
    const bulkLimit = Math.max(1, Math.floor((after.limit * 3) / 4))
    if (isTaken && this.#options.isCalm && (held.length > after.limit || bulk > bulkLimit))
      throw new Violation('I21 flow', `${held.length} calls (${bulk} bulk) have slots of ${after.limit}`)
    if (this.#options.isCalm) this.#checkSlots(before, after, by)
    const isResumed = this.#options.isCalm && this.#isEndedEarly(before, after)
    if (isResumed) {
      if (by?.name !== 'operate') throw new Violation('I21 flow', `${by?.name} ended a pause before its end`)
      // What ThingSpace asked for earlier holds no call any more.
      this.#asked = { at: 0, until: 0 }
      this.#resumes += 1
    }
    if (after.limit >= most) this.#limitedAt = Infinity
    else if (this.#limitedAt === Infinity) this.#limitedAt = now()
    if (after.pause?.until !== before?.pause?.until) this.#pausedAt = now()
    this.#flow = after
    return isResumed ? 'resumed' : undefined
  }

  /** A slot is freed by the call that has taken it, or its lease has ended, or calls are not limited any more. */
  #checkSlots(before: Flow | undefined, after: Flow, by: Invocation | undefined): void {
    const { now, most, slotMilliseconds } = this.#options
    for (const [number, { until }] of Object.entries(after.slots)) {
      if (before?.slots[number]?.until === until) continue
      if (by?.name === 'operate') throw new Violation('I21 flow', 'an operator took a slot')
      if (until > now() + slotMilliseconds) throw new Violation('I21 flow', `a slot is kept until ${until}`)
      this.#holders.set(`${number} ${until}`, by)
    }
    if (after.limit >= most) return
    for (const [number, { until }] of Object.entries(before?.slots ?? {})) {
      if (until <= now() || after.slots[number]?.until === until) continue
      if (this.#holders.get(`${number} ${until}`) !== by)
        throw new Violation('I21 flow', `${by?.name} freed slot ${number} of another call`)
    }
  }

  /** A call that succeeds ends a pause after failures and all stops with it. Everybody else waits for the end. */
  #isEndedEarly(before: Flow | undefined, after: Flow): boolean {
    const pause = before?.pause
    if (pause === undefined || pause.until <= this.#options.now() || after.pause !== undefined) return false
    return pause.why === 'retry-after' || after.stops > 0
  }

  /** A held submission keeps its attempts and its time to give up. It comes back soon after its date. */
  submission(name: string, before: Submission, after: Submission): void {
    const { now, isCalm, faults } = this.#options
    if (before.held === undefined && after.held === undefined) return
    if ((after.held?.times ?? 0) > (before.held?.times ?? 0)) {
      const isKept =
        after.attempt === before.attempt &&
        after.attempts.length === before.attempts.length &&
        after.state === before.state &&
        after.giveUpAt === before.giveUpAt
      if (!isKept) throw new Violation('I22 held', `${name} was held and used up an attempt`)
    }
    const late = now() - (before.nextAttemptAt ?? Infinity)
    if (before.held !== undefined && isCalm && faults().length === 0 && late > asksWithin)
      throw new Violation('I22 held', `${name} asked again ${Math.round(late / 1000)} s after its date`)
  }

  /** ThingSpace has asked to wait, in a response that arrived. */
  askedToWait(seconds: number): void {
    const at = this.#options.now()
    this.#asked = { at, until: Math.max(this.#asked.until, at + Math.min(seconds, 3600) * 1000) }
  }

  /** Calls that are under way, of processes that live. */
  get underWay(): number {
    return this.#alive().length
  }

  /** A call to ThingSpace begins, perhaps while it accepts nothing. Returns what to call at its end. */
  begins(invocation: Invocation, what: 'order' | 'probe', isTroubled: boolean): () => void {
    const { now, most, isCalm, faults } = this.#options
    const at = now()
    this.#underWay.set(invocation, at)
    const flow = this.#flow
    const isForgotten = flow !== undefined && flow.failures === 0 && at >= flow.loweredAt + forgottenAfter
    if (isCalm && !isForgotten && !faults().some((kind) => unlimiting.has(kind))) {
      if (flow?.pause !== undefined && flow.pause.until > at && at > this.#pausedAt + learnsWithin)
        throw new Violation('I21 flow', `a call began ${flow.pause.until - at} ms before the end of a pause`)
      if (faults().length === 0 && this.#asked.until > at && at > this.#asked.at + learnsWithin)
        throw new Violation('I21 flow', `a call began ${this.#asked.until - at} ms before the end of a Retry-After`)
      const probes = this.#alive().filter(([, since]) => since > this.#pausedAt + learnsWithin).length
      if (flow !== undefined && flow.stops > 0 && probes > 1)
        throw new Violation('I21 flow', `${probes} calls are under way after a stop, instead of one`)
      const isStopped = flow !== undefined && flow.stops > 0 && at > this.#pausedAt + learnsWithin
      if (what === 'order' && isTroubled && isStopped && faults().length === 0)
        throw new Violation('I21 flow', 'an order was sent into an outage after all calls had been stopped')
      const counted = this.#alive().filter(([, since]) => since > this.#limitedAt + learnsWithin).length
      if (flow !== undefined && flow.limit < most && counted > this.#slots(flow).length)
        throw new Violation('I21 flow', `${counted} calls are under way with ${this.#slots(flow).length} slots`)
    }
    if (what === 'order' && isCalm && !faults().some((kind) => unlimiting.has(kind))) this.#takesTurn(at)
    return () => void this.#underWay.delete(invocation)
  }

  /** A call may begin late, because its request is stored between its turn and the call. So two may lie close together. */
  #takesTurn(at: number): void {
    const { callsPerMinute } = this.#options
    if (callsPerMinute === 0) return
    this.#began.push(at)
    const recent = this.#began.filter((each) => each > at - 60_000 / callsPerMinute)
    if (recent.length > 2) throw new Violation('I21 flow', `${recent.length} calls began within the time of one turn`)
  }

  #alive(): [Invocation, number][] {
    return [...this.#underWay].filter(([{ alive, excused }]) => alive && !excused)
  }

  #slots(flow: Flow): Flow['slots'][string][] {
    return Object.values(flow.slots).filter(({ until }) => until > this.#options.now())
  }
}
