import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { apiEvent, submitEvent } from '../builders.ts'
import { bodyOf, type Order } from './orders.ts'
import type { RequestSpec } from './scenario.ts'
import { raise } from './scheduler.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

/** The last answer that an app received about one order. */
export type Told = {
  order: string
  placed: Order
  spec: RequestSpec
  requestId: string | undefined
  status: number | undefined
  calls: number
}

const repeatAfter = 5_000
export const mostCalls = 12
const mostDecisions = 3

/** The apps and operators of a world: they order, ask again and decide. */
export class Callers {
  readonly told: Told[]
  readonly #world: World
  #patience = mostDecisions
  #isLast = false

  constructor(world: World) {
    this.#world = world
    this.told = world.orders.map((placed) => ({
      order: placed.mark,
      placed,
      spec: placed.spec,
      requestId: undefined,
      status: undefined,
      calls: 0,
    }))
  }

  begin(): void {
    const { scheduler } = this.#world
    for (const at of this.#world.scenario.resumesAt ?? []) scheduler.after(at, () => this.#resume())
    for (const told of this.told) {
      const { at, caller, decisions = [], againAt } = told.spec
      scheduler.after(at, () => this.#ask(told))
      if (caller === 'twice') scheduler.after(at, () => this.#ask(told))
      if (againAt !== undefined) scheduler.after(againAt, () => this.#askAgain(told))
      for (const { what, at: when } of decisions) scheduler.after(when, () => this.#decide(told, what))
    }
  }

  /**
   * Runs when nothing else is left to do: operators decide, and apps ask once more. Returns whether anything was
   * done.
   */
  afterwards(): boolean {
    if (this.#patience > 0) {
      this.#patience -= 1
      const waiting = this.told.filter(({ spec, order }) => spec.patient === true && this.#waits(order))
      for (const told of waiting) this.#decide(told, 'retry')
      if (waiting.length > 0) return true
    }
    if (this.#isLast) return false
    this.#isLast = true
    const again = this.told.filter(({ spec }) => spec.caller === 'twice')
    for (const told of again) {
      this.#ask(told)
      this.#askOtherwise(told)
    }
    return again.length > 0
  }

  mark(): () => void {
    const told = this.told.map((each) => ({ each, as: { ...each } }))
    const patience = this.#patience
    const isLast = this.#isLast
    return () => {
      for (const { each, as } of told) Object.assign(each, as)
      this.#patience = patience
      this.#isLast = isLast
    }
  }

  #waits(order: string): boolean {
    const { watch } = this.#world
    const requestId = watch.requestIds.get(order)
    return requestId !== undefined && watch.submissions(requestId).some(({ awaitsDecision }) => awaitsDecision === true)
  }

  #key({ order, spec }: Told) {
    return spec.caller === 'once' ? {} : { headers: { 'idempotency-key': `key-${order}` } }
  }

  /** Uses the key again. If the earlier order has expired, this is a new order. */
  #askAgain(told: Told): void {
    if (this.#world.watch.endLife(told.order))
      Object.assign(told, { requestId: undefined, status: undefined, calls: 0 })
    this.#ask(told)
  }

  #ask(told: Told): void {
    const { spec } = told
    told.calls += 1
    const event = submitEvent(spec.action, bodyOf(told.placed), this.#key(told))
    this.#call('submit', event, (answer) => {
      if (answer !== undefined) this.#hear(told, answer)
      const unheard = answer === undefined || (answer.statusCode ?? 500) >= 500
      if (unheard && spec.caller !== 'once' && told.calls < mostCalls) {
        this.#world.scheduler.after(repeatAfter, () => this.#ask(told))
      }
    })
  }

  /** Sends another body with the key of an existing request. It must be refused and change nothing. */
  #askOtherwise(told: Told): void {
    if (!this.#world.watch.requestIds.has(told.order)) return
    this.#call('submit', submitEvent(told.spec.action, bodyOf(told.placed, 1), this.#key(told)), (answer) => {
      const status = answer?.statusCode
      if (status !== undefined && status !== 422 && status < 500) {
        throw new Violation('I6 idempotent', `another body under one key was answered ${status}`)
      }
    })
  }

  #hear(told: Told, answer: APIGatewayProxyStructuredResultV2): void {
    const { watch } = this.#world
    const status = answer.statusCode ?? 500
    told.status = status
    if (status === 503 && this.#world.isConflicting && this.#world.scheduler.plan.size === 0)
      throw new Violation('I6 idempotent', `${told.order} was answered 503 because of another transaction`)
    if (status === 202) {
      const requestId = String(answer.headers?.['location']).slice('/v1/requests/'.length)
      if (watch.request(requestId) === undefined)
        throw new Violation('I1 durability', `202 for ${requestId}, which is not stored`)
      if (told.requestId !== undefined && told.requestId !== requestId) {
        throw new Violation('I6 idempotent', `one key was answered with ${told.requestId} and ${requestId}`)
      }
      told.requestId = requestId
    } else if (status < 500) {
      const requestId = watch.requestIds.get(told.order)
      const submissions = requestId === undefined ? [] : watch.submissions(requestId)
      if (!submissions.some(({ state }) => state === 'rejected')) {
        throw new Violation('I3 honesty', `a valid body was answered ${status} ${answer.body}`)
      }
    }
  }

  #decide(told: Told, what: 'retry' | 'cancel' | 'abandon'): void {
    const { watch } = this.#world
    const requestId = watch.requestIds.get(told.order)
    if (requestId === undefined || watch.request(requestId) === undefined) return
    if (what === 'retry') watch.decided(told.order)
    const route = `POST /v1/requests/{requestId}/${what === 'retry' ? 'retry' : 'cancel'}`
    const body = what === 'abandon' ? { body: { abandonUnconfirmed: true } } : {}
    this.#call('manage', apiEvent({ route, path: { requestId }, ...body }), (answer) => {
      // Operators look at the devices at this point and decide again.
      if (answer?.body?.includes('may-have-run') !== true) return
      watch.decidedDespite(told.order)
      const despite = { body: { despiteCallbacks: true } }
      this.#call('manage', apiEvent({ route, path: { requestId }, ...despite }), () => undefined)
    })
  }

  /** An operator ends the pause of calls, and tries again until there is an answer. */
  #resume(calls = 1): void {
    const route = 'POST /v1/operate/flows/{credentialSet}/resume'
    this.#call('operate', apiEvent({ route, path: { credentialSet: 'default' } }), (answer) => {
      const isUnheard = (answer?.statusCode ?? 500) >= 500
      if (isUnheard && calls < mostCalls) this.#world.scheduler.after(repeatAfter, () => this.#resume(calls + 1))
    })
  }

  /** Makes one HTTP call. `heard` is called without an answer if the response was lost. */
  #call(
    name: 'submit' | 'manage' | 'operate',
    event: ReturnType<typeof apiEvent>,
    heard: (answer: APIGatewayProxyStructuredResultV2 | undefined) => void,
  ): void {
    const { scheduler, environments } = this.#world
    scheduler.invoke(
      name,
      async (invocation) => {
        const answer = await environments.call(name, invocation, event)
        return scheduler.gate<APIGatewayProxyStructuredResultV2>(invocation, {
          label: `answer ${answer.statusCode}`,
          faults: ['refused'],
          perform: () => answer,
          onLost: raise('the connection broke'),
          onRefused: raise('the connection broke'),
          takes: 2,
        })
      },
      (outcome) => heard(outcome.kind === 'done' ? outcome.value : undefined),
    )
  }
}
