import type { UpstreamStatusLookUp } from '../../lib/profile/status/upstream-status.ts'
import type { SubmitCall, ThingSpace } from '../../lib/profile/submission/thingspace.ts'
import type { Device } from '../../lib/profile/order/identifiers.ts'
import type { SubmissionOutcome } from '../../lib/profile/request/outcome.ts'
import { restock } from '../fakes/dynamodb/refill.ts'
import type { Telling } from './callback-bodies.ts'
import { type Subject, subjectNamed } from './cards.ts'
import { orderIndex, orderMark } from './orders.ts'
import type { FlowRules } from './limits/flow-rules.ts'
import type { FaultKind } from './plan.ts'
import type { Invocation, Scheduler } from './scheduler.ts'
import { Violation } from './violation.ts'

/** One execution at ThingSpace. `order` is the mark in the app's body, which no two requests share. */
export type Acceptance = {
  upstreamRequestId: string
  accountName: string
  action: string
  order: string
  devices: readonly Device[]
  /** The devices: the card, and the profile that was ordered. */
  subjects: readonly Subject[]
  at: number
}

/** The response to the first POST of an order (or its `nth`) is lost: `lost` after acceptance, `vanished` before it. */
export type LostAnswer = { order: number; nth?: number; how: 'lost' | 'vanished' }

/** What ThingSpace answers for a while instead of accepting. */
export type Trouble = {
  fromSeconds: number
  untilSeconds: number
  how: 'throttled' | 'unavailable' | 'unreachable' | 'silent'
  retryAfterSeconds?: number
}

type ThingSpaceRules = {
  /** Cards for which ThingSpace refuses the whole call without naming them. */
  refused: ReadonlySet<number>
  /** When it starts to refuse them, because a device may be removed from the account at any time. */
  refusedFrom: number
  /** What it answers instead of accepting, until a time. */
  busyFrom: number
  busyUntil: number
  /** What ThingSpace will report about each device that it accepted. */
  tellings: (acceptance: Acceptance, subject: Subject) => readonly Telling[]
  /** The profile that an order refers to if it names no ICCID. */
  profileOf: (order: number) => number
  lost: readonly LostAnswer[]
  /** The trouble of this moment. */
  trouble: () => Trouble | undefined
  /** Calls that it takes at once. It throttles the others. */
  takesAtOnce: number
  /** How long a status call waits for a response that never arrives. */
  statusHangs: () => number | undefined
}

type Options = {
  scheduler: Scheduler
  /** Everything that it has accepted. It is filled as the world runs. */
  accepted: Acceptance[]
  rules: ThingSpaceRules
  /** Called when a callback is sent to the endpoint. */
  callBack: (acceptance: Acceptance, subject: Subject, telling: Telling) => void
  whenAccepted: (acceptance: Acceptance) => void
  /** The limits of calls, which each call must respect. */
  flow: Pick<FlowRules, 'begins' | 'underWay' | 'askedToWait'>
}

const faults: readonly FaultKind[] = ['lost', 'refused', 'vanished', 'late']
/** Longer than the lease, so that the gateway has stopped waiting when ThingSpace accepts. */
const lateMilliseconds = 95_000

const lostAnswer: SubmissionOutcome = { kind: 'unknown', cause: 'no-answer', error: {} }
const unreachable: SubmissionOutcome = { kind: 'not-accepted', cause: 'unreachable', error: { message: 'not sent' } }
const tooMany: SubmissionOutcome = { kind: 'not-accepted', cause: 'throttled', error: { status: 429 } }
/** The whole time that a call may take. */
const silentMilliseconds = 20_000
const probeMilliseconds = 5_000

function troubled({ how, retryAfterSeconds }: Trouble): SubmissionOutcome {
  const asked = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
  switch (how) {
    case 'throttled':
      return { ...tooMany, ...asked }
    case 'unavailable':
      return retryAfterSeconds === undefined
        ? { kind: 'unknown', cause: 'server-error', error: { status: 503 } }
        : { kind: 'not-accepted', cause: 'unavailable', error: { status: 503 }, ...asked }
    case 'unreachable':
      return unreachable
    case 'silent':
      return lostAnswer
  }
}

/** ThingSpace behind the port. Each accepted POST is a new execution, whatever was sent before. */
export class FakeThingSpace {
  readonly accepted: readonly Acceptance[]
  /** Upstream request ids whose success the gateway learned from a status call. */
  asked = new Set<string>()
  /** Upstream request ids that reached the gateway in a response. */
  answered = new Set<string>()
  #postsOf = new Map<number, number>()
  /** Invocations that have waited without success for the response to a status call. */
  readonly #waitedInVain = new WeakSet<Invocation>()
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    this.accepted = options.accepted
  }

  mark(): () => void {
    const accepted = [...this.accepted]
    const asked = [...this.asked]
    const answered = [...this.answered]
    const postsOf = [...this.#postsOf]
    return () => {
      restock(this.#options.accepted, accepted)
      this.asked = new Set(asked)
      this.answered = new Set(answered)
      this.#postsOf = new Map(postsOf)
    }
  }

  /** The port as one environment sees it. */
  portOf(current: () => Invocation): ThingSpace {
    return {
      submit: async (call) => {
        const { scheduler, flow } = this.#options
        const ends = this.#begin(current(), 'order')
        const outcome = await scheduler.gate<SubmissionOutcome>(current(), {
          label: `POST ${call.action} (${call.devices.length})`,
          faults,
          hangs: () => this.#silence(silentMilliseconds),
          perform: () => this.#answer(call),
          onLost: () => lostAnswer,
          onRefused: () => unreachable,
          special: (kind) => {
            if (kind === 'late') scheduler.after(lateMilliseconds, () => void this.#post(call))
            return lostAnswer
          },
          takes: 900,
        })
        ends()
        if (outcome.kind === 'not-accepted' && outcome.retryAfterSeconds !== undefined)
          flow.askedToWait(outcome.retryAfterSeconds)
        if (outcome.kind === 'accepted') this.answered.add(outcome.upstreamRequestId)
        return outcome
      },
      answers: async () => {
        const ends = this.#begin(current(), 'probe')
        const isAnswered = await this.#options.scheduler.gate<boolean>(current(), {
          label: 'GET callbacks',
          isRead: true,
          faults: ['refused'],
          hangs: () => this.#silence(probeMilliseconds),
          perform: () => !this.#isBusy && this.#options.rules.trouble() === undefined,
          onLost: () => false,
          onRefused: () => false,
          takes: 300,
        })
        ends()
        return isAnswered
      },
    }
  }

  get #isBusy(): boolean {
    const { scheduler, rules } = this.#options
    return scheduler.now >= rules.busyFrom && scheduler.now < rules.busyUntil
  }

  /** How long a call with this time limit waits for a response that never arrives. */
  #silence(milliseconds: number): number | undefined {
    return this.#options.rules.trouble()?.how === 'silent' ? milliseconds : undefined
  }

  #begin(invocation: Invocation, what: 'order' | 'probe'): () => void {
    const { scheduler, flow, rules } = this.#options
    let ends = (): void => undefined
    scheduler.guard(() => (ends = flow.begins(invocation, what, rules.trouble() !== undefined)))
    return ends
  }

  /** The answers of ThingSpace's status calls after the deadline for results. */
  statusOf(current: () => Invocation): UpstreamStatusLookUp {
    return ({ upstreamRequestId }) => {
      const invocation = current()
      return this.#options.scheduler.gate(invocation, {
        label: 'GET status',
        isRead: true,
        faults: ['refused'],
        hangs: () => this.#hangsFor(invocation),
        perform: () => {
          const known = this.accepted.find((acceptance) => acceptance.upstreamRequestId === upstreamRequestId)
          const isOver = known !== undefined && this.#options.scheduler.now - known.at > 60_000
          if (isOver) this.asked.add(upstreamRequestId)
          return { kind: 'found', upstreamRequestId, state: isOver ? 'succeeded' : 'pending', devices: [] }
        },
        onLost: () => ({ kind: 'failed', cause: 'no-answer', error: {} }),
        onRefused: () => ({ kind: 'failed', cause: 'unavailable', error: {} }),
        takes: 300,
      })
    }
  }

  /** I17: a peer that does not answer costs its caller one wait, not one per item. */
  #hangsFor(invocation: Invocation): number | undefined {
    const milliseconds = this.#options.rules.statusHangs()
    if (milliseconds === undefined) return undefined
    if (this.#waitedInVain.has(invocation))
      this.#options.scheduler.guard(() => {
        throw new Violation('I17 budgets', `${invocation.name} called again although ThingSpace had not answered`)
      })
    this.#waitedInVain.add(invocation)
    return milliseconds
  }

  /** What the caller sees if ThingSpace or the network loses some responses. */
  #answer(call: SubmitCall): SubmissionOutcome {
    const order = orderIndex(call.fields)
    const nth = (this.#postsOf.get(order) ?? 0) + 1
    this.#postsOf.set(order, nth)
    const lost = this.#options.rules.lost.find((each) => each.order === order && (each.nth ?? 1) === nth)
    if (lost?.how === 'vanished') return lostAnswer
    const outcome = this.#post(call)
    return lost === undefined ? outcome : lostAnswer
  }

  #post(call: SubmitCall): SubmissionOutcome {
    const { scheduler, rules, callBack, whenAccepted } = this.#options
    if (this.#isBusy) {
      return { kind: 'not-accepted', cause: 'throttled', retryAfterSeconds: 7, error: { status: 429 } }
    }
    const trouble = rules.trouble()
    if (trouble !== undefined) return troubled(trouble)
    if (this.#options.flow.underWay > rules.takesAtOnce) return tooMany
    const order = orderIndex(call.fields)
    const subjects = call.devices.map((device): Subject => {
      const { card, profile } = subjectNamed(device) ?? { card: 0, profile: undefined }
      return { card, profile: profile ?? rules.profileOf(order) }
    })
    const isRefusing = scheduler.now >= rules.refusedFrom
    if (isRefusing && subjects.some(({ card }) => rules.refused.has(card))) {
      return { kind: 'refused', error: { status: 400, code: 'REQUEST_FAILED.Device' }, mayBlameOneDevice: true }
    }
    const acceptance: Acceptance = {
      upstreamRequestId: `upstream-${this.accepted.length + 1}`,
      accountName: call.accountName,
      action: call.action,
      order: orderMark(call.fields),
      devices: call.devices,
      subjects,
      at: scheduler.now,
    }
    this.#options.accepted.push(acceptance)
    for (const subject of subjects) {
      for (const telling of rules.tellings(acceptance, subject)) {
        scheduler.after(telling.after, () => callBack(acceptance, subject, telling))
      }
    }
    whenAccepted(acceptance)
    return { kind: 'accepted', upstreamRequestId: acceptance.upstreamRequestId }
  }
}
