import type { ActionName } from '../../lib/profile/order/action-names.ts'
import { actions, callbackServices } from '../../lib/profile/order/actions.ts'
import type { CallbackListeners } from '../../lib/profile/listener/registrations.ts'
import type { ListenerSecret } from '../../lib/profile/listener/rotate-listener.ts'
import { keepSecrets, type KeptSecret, type Reader } from '../../lib/secrets.ts'
import { listenerSecret } from './callback-bodies.ts'
import type { Seeded } from './random.ts'
import { type Effect, type Invocation, raise, type Scheduler } from './scheduler.ts'
import { Violation } from './violation.ts'

/**
 * When keep-listener runs, in seconds, and after how many hours it rotates the password: one rotation in a world of
 * an hour.
 */
export type ListenerRules = { keepAt: readonly number[]; rotateEveryHours: number }

/** What an environment remembers between two calls: the secrets that it has read. */
export type Memory = Map<string, KeptSecret>

type Registration = { url: string; password: string; before: string | undefined; changedAt: number }

const segment = 'segment-sentinel'
export const urlFor = (accountName: string): string =>
  `https://gateway.test/callbacks/${segment}/${encodeURIComponent(accountName)}`

/** ThingSpace was observed to send the previous password for this long after a new one had been registered. */
const lingersMilliseconds = 15 * 60_000
const unanswered = { kind: 'failed', cause: 'no-answer', error: {} } as const
const unavailable = { kind: 'failed', cause: 'unavailable', error: { status: 503 } } as const
const secretText = JSON.stringify(listenerSecret)

/** The listener as ThingSpace and Secrets Manager know it: one registration per service, and the passwords. */
export class Listener {
  readonly #scheduler: Scheduler
  readonly #random: Seeded
  readonly #rules: ListenerRules | undefined
  #registrations = new Map<string, Registration>()
  #secret = secretText
  #passwords = 0

  constructor(scheduler: Scheduler, random: Seeded, rules: ListenerRules | undefined) {
    this.#scheduler = scheduler
    this.#random = random
    this.#rules = rules
  }

  get everyDays(): number {
    return (this.#rules?.rotateEveryHours ?? 0) / 24
  }

  /** The state that an earlier deployment has left. */
  begin(accountName: string, keep: () => void): void {
    for (const service of callbackServices) {
      this.#registrations.set(`${accountName} ${service}`, {
        url: urlFor(accountName),
        password: listenerSecret.current,
        before: undefined,
        changedAt: 0,
      })
    }
    for (const at of this.#rules?.keepAt ?? []) this.#scheduler.after(at * 1000, keep)
  }

  mark(): () => void {
    const registrations = [...this.#registrations]
    const secret = this.#secret
    const passwords = this.#passwords
    return () => {
      this.#registrations = new Map(registrations)
      this.#secret = secret
      this.#passwords = passwords
    }
  }

  /** The credentials that a callback sent now carries. */
  passwordFor(accountName: string, action: string): string {
    if (this.#rules === undefined) return listenerSecret.current
    const service = actions[action as ActionName].bodies[0]?.callbackService
    const registration = this.#registrations.get(`${accountName} ${service}`)
    if (registration === undefined) return listenerSecret.current
    const { password, before, changedAt } = registration
    const lingers = before !== undefined && this.#scheduler.now < changedAt + lingersMilliseconds
    return lingers && this.#random.chance(0.5) ? before : password
  }

  /** Checks, when nothing is left to do, that the gateway accepts what ThingSpace sends from now on. */
  checkEnd(): void {
    const { current, previous } = JSON.parse(this.#secret) as ListenerSecret
    for (const [name, { password }] of this.#registrations) {
      if (password !== current && password !== previous)
        throw new Violation(
          'I4 no lost callback',
          `${name} is registered with a password that the gateway does not accept`,
        )
    }
    const isOld = [...this.#registrations.values()].some(({ password }) => password !== current)
    if (this.#rules !== undefined && isOld) throw new Violation('I1 durability', 'a rotation did not complete')
  }

  newPassword = (): string => {
    this.#passwords += 1
    return `${listenerSecret.current}-${this.#passwords}`
  }

  /** Secrets Manager as seen by one environment, which caches what it has read. */
  readerFor(current: () => Invocation, clock: () => number, memory: Memory): Reader {
    if (this.#rules === undefined) return () => Promise.resolve(secretText)
    return keepSecrets(
      () =>
        this.#scheduler.gate(current(), {
          label: 'GetSecretValue',
          isRead: true,
          faults: ['refused'],
          perform: () => this.#secret,
          onLost: raise('Secrets Manager did not answer'),
          onRefused: raise('Secrets Manager is not available'),
          takes: 20,
        }),
      clock,
      memory,
    )
  }

  saverFor(current: () => Invocation): (secret: ListenerSecret) => Promise<void> {
    return (secret) =>
      this.#scheduler.gate(current(), {
        label: 'PutSecretValue',
        faults: ['lost', 'repeated', 'refused'],
        perform: () => {
          this.#secret = JSON.stringify(secret)
        },
        onLost: raise('Secrets Manager did not answer'),
        onRefused: raise('Secrets Manager is not available'),
        takes: 20,
      })
  }

  portFor(current: () => Invocation): CallbackListeners {
    const gate = <Answer>(effect: Pick<Effect, 'label' | 'isRead' | 'faults'> & { perform: () => Answer }) =>
      this.#scheduler.gate<Answer>(current(), {
        ...effect,
        onLost: () => unanswered,
        onRefused: () => unavailable,
        takes: 300,
      })
    return {
      list: (accountName) =>
        gate({
          label: 'GET listeners',
          isRead: true,
          faults: ['refused'],
          perform: () => ({ kind: 'listed', registrations: this.#listed(accountName) }),
        }),
      register: ({ accountName, service, url, credentials }) =>
        gate({
          label: 'POST listener',
          faults: ['lost', 'repeated', 'refused'],
          perform: () => {
            this.#register(`${accountName} ${service}`, url, credentials.password)
            return { kind: 'registered' }
          },
        }),
      // A registration that is ours and current, or only delayed, must not be removed: callbacks would be lost meanwhile.
      deregister: (accountName, service) => {
        this.#scheduler.guard(raise(`I4 no lost callback: ${service} of ${accountName} was deregistered`))
        return Promise.resolve({ kind: 'deregistered' })
      },
    }
  }

  #listed(accountName: string) {
    return callbackServices.flatMap((serviceName) => {
      const registration = this.#registrations.get(`${accountName} ${serviceName}`)
      if (registration === undefined) return []
      const { url, password } = registration
      const carries = (credentials: { username: string; password: string }): boolean =>
        credentials.username === listenerSecret.username && credentials.password === password
      return [{ serviceName, url, carries }]
    })
  }

  #register(name: string, url: string, password: string): void {
    const before = this.#registrations.get(name)
    if (before?.password === password) return
    this.#registrations.set(name, { url, password, before: before?.password, changedAt: this.#scheduler.now })
  }
}
