import type { CallbackCredentials } from '../profile/request/callback.ts'
import { type AuthorisedCallDeps, callAuthorised } from './authorised-call.ts'
import { bodyOrFailure, type CallFailure, unreadable } from './call-failure.ts'
import { sameCredentials } from './callback/credentials.ts'
import type { CredentialSetFor } from './credentials/credential-set.ts'
import { pathSegment } from './path-segment.ts'
import { type ListenerEntry, ListenerListAnswer, parseJson } from './answer/wire.ts'

/** ThingSpace's callback services that carry results of profile actions. */
type CallbackService = 'DeviceProfileService' | 'CarrierService'

/**
 * One registration as ThingSpace lists it. ThingSpace lists passwords in clear text. `carries` hides the password, so
 * that no log, error or record can contain it.
 */
type ListenerRegistration = {
  accountName: string
  serviceName: string
  url: string
  username?: string
  /** Whether the registration has these credentials. */
  carries: (credentials: CallbackCredentials) => boolean
}

type Registering = {
  accountName: string
  service: CallbackService
  url: string
  /**
   * At most 40 characters each. Never those of the ThingSpace user, because every callback echoes them in clear text.
   */
  credentials?: CallbackCredentials
}

export type Listeners = {
  /** Registers our URL for one service of one account. Not documented: whether it replaces an existing registration. */
  register(registering: Registering): Promise<{ kind: 'registered' } | CallFailure>
  list(accountName: string): Promise<{ kind: 'listed'; registrations: ListenerRegistration[] } | CallFailure>
  /** Removes a registration. Results that arrive before the next registration are lost. */
  deregister(accountName: string, service: CallbackService): Promise<{ kind: 'deregistered' } | CallFailure>
}

export type ListenersDeps = AuthorisedCallDeps & { credentialSetFor: CredentialSetFor; budgetMilliseconds: number }

/** ThingSpace's callback registrations. Each account has one per service. */
export function createListeners(deps: ListenersDeps): Listeners {
  const call = async (
    accountName: string,
    { method, below = '', body }: { method: 'GET' | 'POST' | 'DELETE'; below?: string; body?: string },
  ) => {
    const account = pathSegment(accountName)
    if (account === undefined) {
      return {
        kind: 'failed',
        cause: 'refused',
        error: { message: 'the account name does not fit into a path' },
      } as const
    }
    const result = await callAuthorised(deps, {
      credentialSet: deps.credentialSetFor(accountName),
      method,
      path: `/m2m/v1/callbacks/${account}${below}`,
      ...(body === undefined ? {} : { body }),
      budgetMilliseconds: deps.budgetMilliseconds,
    })
    return bodyOrFailure(result)
  }

  return {
    async register({ accountName, service, url, credentials }) {
      // The request calls `name` what the answers call `serviceName`.
      const result = await call(accountName, {
        method: 'POST',
        body: JSON.stringify({ name: service, url, ...credentials }),
      })
      return result.kind === 'failed' ? result : { kind: 'registered' }
    },
    async list(accountName) {
      const result = await call(accountName, { method: 'GET' })
      if (result.kind === 'failed') return result
      const listed = ListenerListAnswer.safeParse(parseJson(result.body))
      if (!listed.success) return unreadable(result.status)
      return { kind: 'listed', registrations: listed.data.map((entry) => registrationOf(accountName, entry)) }
    },
    async deregister(accountName, service) {
      const result = await call(accountName, { method: 'DELETE', below: `/name/${service}` })
      return result.kind === 'failed' ? result : { kind: 'deregistered' }
    },
  }
}

function registrationOf(accountName: string, entry: ListenerEntry): ListenerRegistration {
  const { serviceName, url, username, password } = entry
  const registered = { username: username ?? '', password: password ?? '' }
  return {
    accountName: entry.accountName ?? accountName,
    serviceName,
    url,
    ...(registered.username === '' ? {} : { username: registered.username }),
    carries: (credentials) => sameCredentials(credentials, registered),
  }
}
