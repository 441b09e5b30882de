import { type CallbackService, callbackServices } from '../order/actions.ts'
import type { CallbackCredentials } from '../request/callback.ts'
import {
  type CallbackListeners,
  describeFailure,
  judgeRegistration,
  registrationOf,
  type RegistrationState,
} from './registrations.ts'

export type InspectDependencies = {
  listeners: Pick<CallbackListeners, 'list'>
  /** Our callback URL for an account. It contains a secret path segment. */
  urlFor: (accountName: string) => string
  credentials: CallbackCredentials
  /** The credentials before the last rotation. They are still valid until a later run of keep-listener replaces them. */
  previous?: CallbackCredentials | undefined
}

/** The registration of one account and service compared with the wanted one. It never contains a password. */
export type InspectedListener = {
  accountName: string
  service: CallbackService
  state: RegistrationState | 'not-known'
  /** The registered URL, if there is a registration. */
  url?: string
  /** Why the state is not known. */
  cause?: string
}

/** Compares the registrations of an account with the wanted ones, for operators. Changes nothing. */
export async function inspectListeners(
  accountName: string,
  { listeners, urlFor, credentials, previous }: InspectDependencies,
): Promise<InspectedListener[]> {
  const listed = await listeners.list(accountName)
  return callbackServices.map((service) => {
    if (listed.kind === 'failed') return { accountName, service, state: 'not-known', cause: describeFailure(listed) }
    const registration = registrationOf(service, listed.registrations)
    const state = judgeRegistration(registration, { url: urlFor(accountName), credentials, previous })
    return { accountName, service, state, ...(registration === undefined ? {} : { url: registration.url }) }
  })
}
