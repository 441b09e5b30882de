import type { Log } from '../profile/ports.ts'
import type { UpstreamError } from '../profile/request/outcome.ts'
import type { Credentials } from './credentials/credentials.ts'
import type { UnavailableCause } from './credentials/held-tokens.ts'
import { type Answer, type Credential, readAnswer, type SettledReading } from './answer/errors.ts'
import { type LostCause, type NotSentCause, send, type SendCall } from './https.ts'
import type { Wire } from './credentials/token-calls.ts'

export type AuthorisedCall = {
  credentialSet: string
  method: SendCall['method']
  /** The path below the base URL, with a leading slash. */
  path: string
  body?: string
  traceparent?: string | undefined
  budgetMilliseconds: number
}

/** The answer to a call whose credentials ThingSpace accepted, or the reason why there is none. */
export type AuthorisedResult =
  | { kind: 'answer'; answer: Answer; reading: SettledReading }
  | { kind: 'no-credentials'; cause: UnavailableCause | 'refused-again'; error: UpstreamError }
  | { kind: 'not-sent'; cause: NotSentCause }
  | { kind: 'lost'; cause: LostCause; status?: number }

export type AuthorisedCallDeps = Wire & { credentials: Credentials; log: Log }

/**
 * Makes one call with both credentials, within its time budget. If ThingSpace refuses a credential, nothing was done,
 * so the call is repeated with a new one: at most once for the access token and once for the session, since both may
 * have expired. Nothing else is repeated here. Does not throw for failures of the network or of ThingSpace.
 */
export async function callAuthorised(deps: AuthorisedCallDeps, call: AuthorisedCall): Promise<AuthorisedResult> {
  const startedAt = deps.now()
  const deadline = startedAt + call.budgetMilliseconds
  // Renewing credentials must leave time for the call. A call that starts late may miss its answer.
  const credentialsDeadline = startedAt + call.budgetMilliseconds * 0.6
  let refused: { credential: Credential; error: UpstreamError } | undefined
  const renewed = new Set<Credential>()
  for (;;) {
    const tokens = await deps.credentials.tokens(call.credentialSet, credentialsDeadline)
    if (tokens.kind === 'unavailable')
      return { ...tokens, kind: 'no-credentials', error: refused?.error ?? tokens.error }
    const result = await (deps.send ?? send)({
      ...deps,
      url: `${deps.baseUrl}${call.path}`,
      method: call.method,
      headers: {
        authorization: `Bearer ${tokens.accessToken}`,
        'vz-m2m-token': tokens.sessionToken,
        'content-type': 'application/json',
        accept: 'application/json',
        ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
      timeoutMilliseconds: deadline - deps.now(),
    })
    if (result.kind !== 'answer') return result
    const reading = readAnswer(result, deps.now())
    if (reading.kind !== 'credential') return { kind: 'answer', answer: result, reading }
    const { status, code } = reading.error
    const credential = suspect(reading, refused?.credential)
    const isRepeat = renewed.has(credential)
    deps.log.warn('thingspace refused a credential', { credential, isRepeat, status, code })
    deps.credentials.reportFailure(call.credentialSet, tokens.epoch, credential)
    if (isRepeat) return { kind: 'no-credentials', cause: 'refused-again', error: reading.error }
    renewed.add(credential)
    refused = reading
  }
}

/** Blames the session if an unexplained 401 comes again after the access token was renewed. */
function suspect(reading: { credential: Credential; error: UpstreamError }, before?: Credential): Credential {
  const isUnexplained = reading.credential === 'access-token' && reading.error.code?.startsWith('9009') !== true
  return isUnexplained && before === 'access-token' ? 'session' : reading.credential
}
