import type { ListenerStore } from './listener-store.ts'
import { type CallbackService, callbackServices } from '../order/actions.ts'
import type { CallbackCredentials } from '../request/callback.ts'
import type { UpstreamError } from '../request/outcome.ts'
import type { Clock, Log } from '../ports.ts'

/** One registration; `carries` says whether it is registered with these credentials. */
export type Registration = {
  serviceName: string
  url: string
  carries: (credentials: CallbackCredentials) => boolean
}

type Failure = { kind: 'failed'; cause: string; error: UpstreamError }

/** The callback registrations at ThingSpace. Passwords never come out of them; `carries` compares. */
export type CallbackListeners = {
  list(accountName: string): Promise<{ kind: 'listed'; registrations: Registration[] } | Failure>
  register(listener: {
    accountName: string
    service: CallbackService
    url: string
    credentials: CallbackCredentials
  }): Promise<{ kind: 'registered' } | Failure>
  deregister(accountName: string, service: CallbackService): Promise<{ kind: 'deregistered' } | Failure>
}

export type KeepDependencies = {
  listeners: CallbackListeners
  accounts: readonly string[]
  /** Our address for an account's callbacks, secret segment included: never to be logged. */
  urlFor: (accountName: string) => string
  credentials: CallbackCredentials
  /** Those before the last rotation: a registration that still has them is ours, and only late. */
  previous?: CallbackCredentials
  /** Whether a registration with somebody else's address may be replaced. There is one per account and service. */
  takeOver: boolean
  store: Pick<ListenerStore, 'saveListener'>
  clock: Clock
  log: Log
}

export type ListenerState = 'current' | 'repaired' | 'absent' | 'other-address' | 'old-credentials' | 'not-known'

/**
 * Makes sure that the callback registration of each account and service is ours and current, and says what it found.
 * One account that fails holds up no other. What is drifted and may not be repaired is left and raised.
 */
export async function keepListeners(dependencies: KeepDependencies): Promise<Record<ListenerState, number>> {
  const { accounts, store, clock, log } = dependencies
  const counts: Record<ListenerState, number> = {
    current: 0,
    repaired: 0,
    absent: 0,
    'other-address': 0,
    'old-credentials': 0,
    'not-known': 0,
  }
  for (const accountName of accounts) {
    for (const service of callbackServices) {
      const refusals: string[] = []
      const state = await keepListener(accountName, service, noting(refusals, dependencies))
      counts[state] += 1
      // Where it is as it should be after all, what was refused on the way is of no interest.
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

/**
 * The same, with what ThingSpace says when it refuses a registration. It cannot replace over this API what was registered
 * by SOAP, and does not list it either: without its words such a listener is absent for ever, and nobody knows why.
 */
function noting(refusals: string[], dependencies: KeepDependencies): KeepDependencies {
  const { listeners, log } = dependencies
  return {
    ...dependencies,
    listeners: {
      ...listeners,
      async register(listener) {
        const result = await listeners.register(listener)
        if (result.kind === 'registered') return result
        const { status, code, message } = result.error
        const words = [result.cause, status, code, message].filter((part) => part !== undefined).join(' ')
        refusals.push(words)
        log.warn('listener not registered', {
          accountName: listener.accountName,
          callbackService: listener.service,
          cause: result.cause,
          refusal: words,
        })
        return result
      },
    },
  }
}

async function keepListener(
  accountName: string,
  service: CallbackService,
  dependencies: KeepDependencies,
): Promise<ListenerState> {
  const { listeners, urlFor, credentials, takeOver, log } = dependencies
  const found = await stateOf(accountName, service, dependencies)
  if (found === 'current' || found === 'not-known') return found
  if (found === 'previous-credentials') {
    log.info('listener password registered', { accountName, callbackService: service })
    await listeners.register({ accountName, service, url: urlFor(accountName), credentials })
    const registered = await stateOf(accountName, service, dependencies)
    // Still the one before is no harm yet: it is accepted until the rotation after.
    return registered === 'previous-credentials' ? 'current' : registered
  }
  log.warn('listener is not as it should be', { accountName, callbackService: service, found })
  if (found === 'other-address' && !takeOver) return found

  const wanted = { accountName, service, url: urlFor(accountName), credentials }
  await listeners.register(wanted)
  if ((await stateOf(accountName, service, dependencies)) === 'current') return 'repaired'
  // Whether a registration replaces an older one is not documented; where it does not, the older one must go first.
  // A callback that comes in between is lost, so this is the second choice.
  if (found !== 'absent') {
    await listeners.deregister(accountName, service)
    await listeners.register(wanted)
  }
  const left = await stateOf(accountName, service, dependencies)
  return left === 'current' || left === 'previous-credentials' ? 'repaired' : left
}

async function stateOf(
  accountName: string,
  service: CallbackService,
  { listeners, urlFor, credentials, previous, log }: KeepDependencies,
): Promise<Exclude<ListenerState, 'repaired'> | 'previous-credentials'> {
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

export const registrationOf = (
  service: CallbackService,
  registrations: readonly Registration[],
): Registration | undefined =>
  registrations.find(({ serviceName }) => serviceName.toLowerCase() === service.toLowerCase())

/** What a registration is, beside what it should be. */
export function judgeRegistration(
  registration: Registration | undefined,
  wanted: { url: string; credentials: CallbackCredentials; previous?: CallbackCredentials | undefined },
): 'current' | 'previous-credentials' | 'absent' | 'other-address' | 'old-credentials' {
  if (registration === undefined) return 'absent'
  if (registration.url !== wanted.url) return 'other-address'
  if (registration.carries(wanted.credentials)) return 'current'
  return wanted.previous !== undefined && registration.carries(wanted.previous)
    ? 'previous-credentials'
    : 'old-credentials'
}
