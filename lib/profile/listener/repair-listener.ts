import type { AuditedAct } from '../audit/audit-entry.ts'
import { audited, type AuditTrail } from '../audit/audit-trail.ts'
import type { CallbackService } from '../order/actions.ts'
import type { Clock, Log } from '../ports.ts'
import type { CallbackCredentials } from '../request/callback.ts'
import { type CallbackListeners, judgeRegistration, registrationOf, type RegistrationState } from './registrations.ts'

/** What the check and the repair of one registration need. */
export type RepairDependencies = {
  listeners: CallbackListeners
  /** Our callback URL for an account. It contains a secret path segment, so it must not be logged. */
  urlFor: (accountName: string) => string
  credentials: CallbackCredentials
  /** The credentials before the last rotation. A registration with them is still ours. */
  previous?: CallbackCredentials
  /** Whether a registration with another URL may be replaced. ThingSpace keeps one per account and service. */
  takeOver: boolean
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
 * Checks one registration, and repairs it if it is not ours or not current. A registration of another system is replaced
 * only with `takeOver`. Throws if the audit cannot be written: nothing is changed then.
 */
export async function keepListener(target: Target, dependencies: RepairDependencies): Promise<ListenerState> {
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

const wantedOf = (target: Target, { urlFor, credentials }: RepairDependencies) => ({
  ...target,
  url: urlFor(target.accountName),
  credentials,
})

async function registerNewPassword(target: Target, dependencies: RepairDependencies): Promise<ListenerState> {
  await dependencies.listeners.register(wantedOf(target, dependencies))
  const registered = await stateOf(target, dependencies)
  // The previous password is accepted until the next rotation, so a failure here does no harm yet.
  return registered === 'previous-credentials' ? 'current' : registered
}

async function repairListener(
  target: Target,
  found: RegistrationState,
  dependencies: RepairDependencies,
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
  { listeners, urlFor, credentials, previous, log }: RepairDependencies,
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
