import { type CallbackService, callbackServices } from '../order/actions.ts'
import type { CallbackCredentials } from '../request/callback.ts'
import { type CallbackListeners, judgeRegistration, type ListenerState, registrationOf } from './keep-listener.ts'

export type InspectDependencies = {
  listeners: Pick<CallbackListeners, 'list'>
  urlFor: (accountName: string) => string
  credentials: CallbackCredentials
  /** Those before the last rotation, which still count: the new ones are registered by a later run of keep-listener. */
  previous?: CallbackCredentials | undefined
}

/** What ThingSpace has for one account and service, beside what it should have. Never with a password. */
export type InspectedListener = {
  accountName: string
  service: CallbackService
  state: Exclude<ListenerState, 'repaired'> | 'previous-credentials'
  /** What ThingSpace calls, where anything is registered. */
  url?: string
  /** Why it is not known. */
  cause?: string
}

/** Looks at the registrations of an account and changes nothing. */
export async function inspectListeners(
  accountName: string,
  { listeners, urlFor, credentials, previous }: InspectDependencies,
): Promise<InspectedListener[]> {
  const listed = await listeners.list(accountName)
  return callbackServices.map((service) => {
    if (listed.kind === 'failed') {
      const { status, code, message } = listed.error
      const cause = [listed.cause, status, code, message].filter((part) => part !== undefined).join(' ')
      return { accountName, service, state: 'not-known', cause }
    }
    const registration = registrationOf(service, listed.registrations)
    const found = judgeRegistration(registration, { url: urlFor(accountName), credentials })
    const isPrevious = found === 'old-credentials' && previous !== undefined && registration?.carries(previous) === true
    const state = isPrevious ? 'previous-credentials' : found
    return { accountName, service, state, ...(registration === undefined ? {} : { url: registration.url }) }
  })
}
