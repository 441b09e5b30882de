import type { CallbackService } from '../order/actions.ts'
import type { CallbackCredentials } from '../request/callback.ts'
import { errorParts, type UpstreamError } from '../request/outcome.ts'

/** A callback registration at ThingSpace. `carries` tells whether it has these credentials; they are never readable. */
export type Registration = {
  serviceName: string
  url: string
  carries: (credentials: CallbackCredentials) => boolean
}

type Failure = { kind: 'failed'; cause: string; error: UpstreamError }

/** ThingSpace's API for callback registrations. There is one per account and service. Calls fail without throwing. */
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

/** A registration compared with the wanted one. */
export type RegistrationState = 'current' | 'previous-credentials' | 'absent' | 'other-address' | 'old-credentials'

/** Describes a failed call in one line, for logs and the operators' command line. */
export const describeFailure = ({ cause, error }: Failure): string => [cause, ...errorParts(error)].join(' ')

/** Finds the registration of a service. The comparison ignores case. */
export const registrationOf = (
  service: CallbackService,
  registrations: readonly Registration[],
): Registration | undefined =>
  registrations.find(({ serviceName }) => serviceName.toLowerCase() === service.toLowerCase())

/** Compares a registration with the wanted URL and credentials. `previous` are those before the last rotation. */
export function judgeRegistration(
  registration: Registration | undefined,
  wanted: { url: string; credentials: CallbackCredentials; previous?: CallbackCredentials | undefined },
): RegistrationState {
  if (registration === undefined) return 'absent'
  if (registration.url !== wanted.url) return 'other-address'
  if (registration.carries(wanted.credentials)) return 'current'
  return wanted.previous !== undefined && registration.carries(wanted.previous)
    ? 'previous-credentials'
    : 'old-credentials'
}
