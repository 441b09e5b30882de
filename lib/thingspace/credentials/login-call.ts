import type { UpstreamError } from '../../profile/request/outcome.ts'
import { type Answer, readAnswer } from '../answer/errors.ts'
import { parseJson, SessionAnswer } from '../answer/wire.ts'
import { send } from '../https.ts'
import type { ThingSpaceSecret } from './ports.ts'
import type { Wire } from './token-calls.ts'
import { failure, type TokenFailure, withoutSecret } from './token-failure.ts'

export type LoginResult =
  | { kind: 'session'; sessionToken: string }
  | { kind: 'bearer-refused'; error: UpstreamError }
  /** The login was refused or its answer was lost. Verizon may have counted it, and locks the user at five. */
  | { kind: 'counts'; cause: 'refused' | 'unanswered'; error: UpstreamError }
  | TokenFailure

/** Logs in once. The caller must hold the lease, and the latch must be open. */
export async function logIn(
  wire: Wire,
  secret: ThingSpaceSecret,
  { accessToken, timeoutMilliseconds }: { accessToken: string; timeoutMilliseconds: number },
): Promise<LoginResult> {
  const result = await (wire.send ?? send)({
    ...wire,
    url: `${wire.baseUrl}/m2m/v1/session/login`,
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ username: secret.username, password: secret.password }),
    timeoutMilliseconds,
  })
  switch (result.kind) {
    case 'not-sent':
      return { kind: 'failed', cause: 'unreachable', error: {} }
    case 'lost':
      return { kind: 'counts', cause: 'unanswered', error: {} }
    case 'answer':
      return loginResult(result, secret, wire.now())
  }
}

function loginResult(answer: Answer, secret: ThingSpaceSecret, now: number): LoginResult {
  const read = readAnswer(answer, now)
  if (read.kind === 'success') {
    const session = SessionAnswer.safeParse(parseJson(answer.body))
    if (session.success) return { kind: 'session', sessionToken: session.data.sessionToken }
    return { kind: 'counts', cause: 'unanswered', error: { status: answer.status } }
  }
  const reading = withoutSecret(read, secret)
  switch (reading.kind) {
    case 'credential':
      // Only a fault of ThingSpace's gateway proves that the password was not checked. A bare 401 may be about it.
      if (isGatewayFault(reading.error)) return { kind: 'bearer-refused', error: reading.error }
      return { kind: 'counts', cause: 'refused', error: reading.error }
    case 'refused':
      if (isGatewayFault(reading.error)) return { kind: 'failed', cause: 'refused', error: reading.error }
      return { kind: 'counts', cause: 'refused', error: reading.error }
    case 'unavailable':
      // A refusal without a readable error may be about the password, so Verizon may count it.
      return isRefusal(reading.error) ? { kind: 'counts', cause: 'refused', error: reading.error } : failure(reading)
    case 'throttled':
    case 'server-error':
      return failure(reading)
  }
}

const isRefusal = ({ status = 0 }: UpstreamError): boolean => status >= 400 && status < 500

const isGatewayFault = ({ code = '' }: UpstreamError): boolean => /^900\d{3}$/.test(code)
