import type { AuditedAct } from '../audit/audit-entry.ts'
import { audited, type AuditTrail } from '../audit/audit-trail.ts'
import { type CallbackService, callbackServices } from '../order/actions.ts'
import type { Clock, Log } from '../ports.ts'
import type { CallbackCredentials } from '../request/callback.ts'
import type { ListenerStore } from './listener-store.ts'
import {
  type CallbackListeners,
  describeFailure,
  judgeRegistration,
  registrationOf,
  type RegistrationState,
} from './registrations.ts'

export type KeepDependencies = {
  listeners: CallbackListeners
  accounts: readonly string[]
  /** Our callback URL for an account. It contains a secret path segment, so it must not be logged. */
  urlFor: (accountName: string) => string
  credentials: CallbackCredentials
  /** The credentials before the last rotation. A registration with them is still ours. */
  previous?: CallbackCredentials
  /** Whether a registration with another URL may be replaced. ThingSpace keeps one per account and service. */
  takeOver: boolean
  store: Pick<ListenerStore, 'saveListener'>
  audit: AuditTrail
  /** Who asked for the check: a caller, an operator, or `gateway` for the hourly run. */
  by: string
  /** After this time, in epoch milliseconds, no registration is checked and none is removed to register it again. */
  stopAt: number
  clock: Clock
  log: Log
}

export type ListenerState = 'current' | 'repaired' | 'absent' | 'other-address' | 'old-credentials' | 'not-known'

type Target = { accountName: string; service: CallbackService }

/**
 * Checks the callback registration of each account and service, and repairs it if it is not ours or not current. The
 * keep-listener function calls it hourly. A failing account does not block the others. A registration that may not be
 * repaired is logged as an error, which raises an alarm. Each hour begins with another account, so that slow answers do
 * not leave the same accounts unchecked. Returns the number of registrations in each state.
 */
export async function keepListeners(dependencies: KeepDependencies): Promise<Record<ListenerState, number>> {
  const { store, stopAt, clock, log } = dependencies
  const counts: Record<ListenerState, number> = {
    current: 0,
    repaired: 0,
    absent: 0,
    'other-address': 0,
    'old-credentials': 0,
    'not-known': 0,
  }
  for (const accountName of startingAt(hourOf(clock()), dependencies.accounts)) {
    for (const service of callbackServices) {
      if (clock() >= stopAt) {
        counts['not-known'] += 1
        log.error('listener drifted', { accountName, callbackService: service, state: 'not-known', cause: 'no-time' })
        continue
      }
      const refusals: string[] = []
      const state = await keepListener({ accountName, service }, collectRefusals(refusals, dependencies)).catch(
        (error: unknown): ListenerState => {
          refusals.push(`the audit could not be written: ${error instanceof Error ? error.name : 'unknown'}`)
          return 'not-known'
        },
      )
      counts[state] += 1
      // If the registration is correct in the end, an earlier refusal does not matter.
      const refusal = state === 'current' || state === 'repaired' ? undefined : refusals.at(-1)
      const fields = { accountName, callbackService: service, state, ...(refusal === undefined ? {} : { refusal }) }
      if (state === 'current' || state === 'repaired') log.info('listener kept', fields)
      else log.error('listener drifted', fields)
      try {
        await store.saveListener({
          accountName,
          service,
          state,
          checkedAt: clock(),
          ...(refusal === undefined ? {} : { refusal }),
        })
      } catch (error) {
        log.error('listener state not saved', { accountName, callbackService: service, error })
      }
    }
  }
  return counts
}

const hourOf = (instant: number): number => Math.floor(instant / 3_600_000)

/** The elements in their order, beginning with another one for each number. */
const startingAt = <Element>(number: number, elements: readonly Element[]): Element[] => {
  const first = number % Math.max(1, elements.length)
  return [...elements.slice(first), ...elements.slice(0, first)]
}

/**
 * Wraps the dependencies so that refusals by ThingSpace are collected. A listener registered over SOAP can neither be
 * replaced nor listed through this API. Without ThingSpace's message it would stay `absent` with no visible reason.
 */
function collectRefusals(refusals: string[], dependencies: KeepDependencies): KeepDependencies {
  const { listeners, log } = dependencies
  return {
    ...dependencies,
    listeners: {
      ...listeners,
      async register(listener) {
        const result = await listeners.register(listener)
        if (result.kind === 'registered') return result
        const refusal = describeFailure(result)
        refusals.push(refusal)
        log.warn('listener not registered', {
          accountName: listener.accountName,
          callbackService: listener.service,
          cause: result.cause,
          refusal,
        })
        return result
      },
    },
  }
}

async function keepListener(target: Target, dependencies: KeepDependencies): Promise<ListenerState> {
  const { takeOver, log, audit, by } = dependencies
  const { accountName, service } = target
  const found = await stateOf(target, dependencies)
  if (found === 'current' || found === 'not-known') return found
  const isExpected = found === 'previous-credentials'
  if (isExpected) log.info('listener password registered', { accountName, callbackService: service })
  else log.warn('listener is not as it should be', { accountName, callbackService: service, found })
  if (found === 'other-address' && !takeOver) return found
  return audited(
    audit,
    { act: actFor[found], actor: by, accountName, subject: service, detail: { found } },
    {
      effect: () =>
        isExpected ? registerNewPassword(target, dependencies) : repairListener(target, found, dependencies),
      outcomeOf: (state) => ({
        result: state === 'repaired' || state === 'current' ? 'done' : 'failed',
        detail: { state },
      }),
    },
  )
}

const actFor: Readonly<Record<Exclude<RegistrationState, 'current'>, AuditedAct>> = {
  'previous-credentials': 'listener.replace',
  'old-credentials': 'listener.replace',
  absent: 'listener.register',
  'other-address': 'listener.take-over',
}

const wantedOf = (target: Target, { urlFor, credentials }: KeepDependencies) => ({
  ...target,
  url: urlFor(target.accountName),
  credentials,
})

async function registerNewPassword(target: Target, dependencies: KeepDependencies): Promise<ListenerState> {
  await dependencies.listeners.register(wantedOf(target, dependencies))
  const registered = await stateOf(target, dependencies)
  // The previous password is accepted until the next rotation, so a failure here does no harm yet.
  return registered === 'previous-credentials' ? 'current' : registered
}

async function repairListener(
  target: Target,
  found: RegistrationState,
  dependencies: KeepDependencies,
): Promise<ListenerState> {
  const { listeners } = dependencies
  const wanted = wantedOf(target, dependencies)
  await listeners.register(wanted)
  if ((await stateOf(target, dependencies)) === 'current') return 'repaired'
  // ThingSpace does not document whether a registration replaces an older one. If it did not, remove the older one first.
  // Callbacks in between are lost, so this is the second choice, and only if there is time for both calls.
  if (found !== 'absent' && dependencies.clock() < dependencies.stopAt) {
    await listeners.deregister(target.accountName, target.service)
    await listeners.register(wanted)
  }
  const left = await stateOf(target, dependencies)
  return left === 'current' || left === 'previous-credentials' ? 'repaired' : left
}

async function stateOf(
  { accountName, service }: Target,
  { listeners, urlFor, credentials, previous, log }: KeepDependencies,
): Promise<RegistrationState | 'not-known'> {
  const listed = await listeners.list(accountName)
  if (listed.kind === 'failed') {
    log.warn('listeners not listed', { accountName, cause: listed.cause, code: listed.error.code })
    return 'not-known'
  }
  return judgeRegistration(registrationOf(service, listed.registrations), {
    url: urlFor(accountName),
    credentials,
    previous,
  })
}
