import type { RequestStatusLookUp, SubmitCall, ThingSpace } from '../../lib/profile/ports.ts'
import type { Device } from '../../lib/profile/identifiers.ts'
import type { SubmissionOutcome } from '../../lib/profile/outcome.ts'
import { restock } from '../fakes/dynamodb/refill.ts'
import type { Telling } from './callback-bodies.ts'
import type { FaultKind } from './plan.ts'
import type { Invocation, Scheduler } from './scheduler.ts'

/** One execution at ThingSpace. `order` is the mark that the app's body carries, and no two requests share. */
export type Acceptance = {
  upstreamRequestId: string
  accountName: string
  action: string
  order: string
  devices: readonly Device[]
  at: number
}

export type ThingSpaceRules = {
  /** Devices, by EID, for which ThingSpace refuses the whole call without saying which it was. */
  refused: ReadonlySet<string>
  /** From when on it refuses them: a device may be taken from the account at any time. */
  refusedFrom: number
  /** What it answers instead of taking anything, until a time. */
  busyFrom: number
  busyUntil: number
  /** What ThingSpace will say of each device it accepted. */
  tellings: (acceptance: Acceptance, device: Device) => readonly Telling[]
}

type Options = {
  scheduler: Scheduler
  /** Everything it ever accepted, to be filled. */
  accepted: Acceptance[]
  rules: ThingSpaceRules
  /** A callback is at the door. */
  callBack: (acceptance: Acceptance, device: Device, telling: Telling) => void
  whenAccepted: (acceptance: Acceptance) => void
}

const faults: readonly FaultKind[] = ['lost', 'refused', 'vanished', 'late']
/** Beyond the lease, so that the gateway has stopped waiting when ThingSpace accepts. */
const lateMilliseconds = 95_000

const lostAnswer: SubmissionOutcome = { kind: 'unknown', cause: 'no-answer', error: {} }
const unreachable: SubmissionOutcome = { kind: 'not-accepted', cause: 'unreachable', error: { message: 'not sent' } }

/** ThingSpace behind the port: each accepted POST is a new execution, whatever was sent before. */
export class FakeThingSpace {
  readonly accepted: readonly Acceptance[]
  /** Upstream request ids whose success the gateway learned by asking. */
  readonly asked = new Set<string>()
  posts = 0
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    this.accepted = options.accepted
  }

  mark(): () => void {
    const accepted = [...this.accepted]
    const asked = [...this.asked]
    const { posts } = this
    return () => {
      restock(this.#options.accepted, accepted)
      this.asked.clear()
      for (const id of asked) this.asked.add(id)
      this.posts = posts
    }
  }

  /** The port as one environment has it. */
  portOf(current: () => Invocation): ThingSpace {
    return {
      submit: (call) =>
        this.#options.scheduler.gate(current(), {
          label: `POST ${call.action} (${call.devices.length})`,
          faults,
          perform: () => this.#post(call),
          onLost: () => lostAnswer,
          onRefused: () => unreachable,
          special: (kind) => {
            if (kind === 'late') this.#options.scheduler.after(lateMilliseconds, () => void this.#post(call))
            return lostAnswer
          },
          takes: 900,
        }),
    }
  }

  /** What ThingSpace's status calls say, once a request's results should have been there. */
  statusOf(current: () => Invocation): RequestStatusLookUp {
    return ({ upstreamRequestId }) =>
      this.#options.scheduler.gate(current(), {
        label: 'GET status',
        isRead: true,
        faults: ['refused'],
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

  #post(call: SubmitCall): SubmissionOutcome {
    const { scheduler, rules, callBack, whenAccepted } = this.#options
    this.posts += 1
    if (scheduler.now >= rules.busyFrom && scheduler.now < rules.busyUntil) {
      return { kind: 'not-accepted', cause: 'throttled', retryAfterSeconds: 7, error: { status: 429 } }
    }
    const isRefusing = scheduler.now >= rules.refusedFrom
    if (isRefusing && call.devices.some((device) => device.some(({ id }) => rules.refused.has(id)))) {
      return { kind: 'refused', error: { status: 400, code: 'REQUEST_FAILED.Device' }, mayBlameOneDevice: true }
    }
    const acceptance: Acceptance = {
      upstreamRequestId: `upstream-${this.accepted.length + 1}`,
      accountName: call.accountName,
      action: call.action,
      order: String(call.fields['smsrOid']),
      devices: call.devices,
      at: scheduler.now,
    }
    this.#options.accepted.push(acceptance)
    for (const device of call.devices) {
      for (const telling of rules.tellings(acceptance, device)) {
        scheduler.after(telling.after, () => callBack(acceptance, device, telling))
      }
    }
    whenAccepted(acceptance)
    return { kind: 'accepted', upstreamRequestId: acceptance.upstreamRequestId }
  }
}
