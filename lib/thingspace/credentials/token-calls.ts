import type { Agent } from 'node:http'
import type { UpstreamError } from '../../profile/request/outcome.ts'
import { type Answer, type AnswerReading, readAnswer } from '../answer/errors.ts'
import { send, type Send } from '../https.ts'
import type { ThingSpaceSecret } from './ports.ts'
import { parseJson, SessionAnswer, TokenAnswer } from '../answer/wire.ts'

/** Where and how calls go out; one per container. */
export type Wire = {
  /** `https://thingspace.verizon.com/api`, or a stand-in's. */
  baseUrl: string
  agent: Agent
  connectTimeoutMilliseconds: number
  now: () => number
  /** Another way out than HTTP, for a simulated world. */
  send?: Send
}

export type TokenFailure = {
  kind: 'failed'
  cause: 'unreachable' | 'throttled' | 'unavailable' | 'refused'
  error: UpstreamError
}
export type TokenResult = { kind: 'token'; accessToken: string; expiresAt: number } | TokenFailure
export type LoginResult =
  | { kind: 'session'; sessionToken: string }
  | { kind: 'bearer-refused'; error: UpstreamError }
  /** Refused, or its answer was lost: Verizon may have counted it, and locks the account at five. */
  | { kind: 'counts'; cause: 'refused' | 'unanswered'; error: UpstreamError }
  | TokenFailure

/** What a token is taken to live when the answer does not say; and at most, whatever it says. */
const assumedLifeSeconds = 600
const longestLifeSeconds = 86_400

/** Asks for the OAuth token. Within its hour the endpoint gives the same token again (Getting Credentials). */
export async function requestToken(wire: Wire, secret: ThingSpaceSecret, timeout: number): Promise<TokenResult> {
  const result = await form(wire, '/ts/v1/oauth2/token', secret, 'grant_type=client_credentials', timeout)
  if (result.kind !== 'answer') return { kind: 'failed', cause: 'unreachable', error: {} }
  const reading = readAnswer(result, wire.now())
  if (reading.kind !== 'success') return failure(withoutSecret(reading, secret))
  const token = TokenAnswer.safeParse(parseJson(result.body))
  if (!token.success) return { kind: 'failed', cause: 'unavailable', error: { status: result.status } }
  const lifeSeconds = Math.min(token.data.expires_in ?? assumedLifeSeconds, longestLifeSeconds)
  return {
    kind: 'token',
    accessToken: token.data.access_token,
    expiresAt: Math.floor(wire.now() + lifeSeconds * 1000),
  }
}

/** Revokes a token, so that the next request mints another. A failure shows in the next token, so nothing is said. */
export async function revokeToken(wire: Wire, secret: ThingSpaceSecret, token: string, timeout: number): Promise<void> {
  const body = `grant_type=client_credentials&token=${encodeURIComponent(token)}`
  await form(wire, '/ts/v1/oauth2/revoke', secret, body, timeout)
}

/** Logs in once. Call it only with the lease in hand and the latch open. */
export async function logIn(
  wire: Wire,
  secret: ThingSpaceSecret,
  accessToken: string,
  timeout: number,
): Promise<LoginResult> {
  const result = await (wire.send ?? send)({
    ...wire,
    url: `${wire.baseUrl}/m2m/v1/session/login`,
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ username: secret.username, password: secret.password }),
    timeoutMilliseconds: timeout,
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
      // Only the gateway's own word proves that the login never saw the password. A bare 401 may be about it.
      if (isGatewayFault(reading.error)) return { kind: 'bearer-refused', error: reading.error }
      return { kind: 'counts', cause: 'refused', error: reading.error }
    case 'refused':
      if (isGatewayFault(reading.error)) return { kind: 'failed', cause: 'refused', error: reading.error }
      return { kind: 'counts', cause: 'refused', error: reading.error }
    case 'unavailable':
      // A refusal without words of anybody's may be one of the password, and count.
      return isRefusal(reading.error) ? { kind: 'counts', cause: 'refused', error: reading.error } : failure(reading)
    case 'throttled':
    case 'server-error':
      return failure(reading)
  }
}

type Unsuccessful = Exclude<AnswerReading, { kind: 'success' }>

const isRefusal = ({ status = 0 }: UpstreamError): boolean => status >= 400 && status < 500

/** The reading with nothing of the secret in its words: error texts have been seen to repeat what they refuse. */
function withoutSecret(reading: Unsuccessful, secret: ThingSpaceSecret): Unsuccessful {
  const { oauthKey, oauthSecret, username, password } = secret
  const plain = [password, oauthSecret, oauthKey, username]
  const pairs = [`${oauthKey}:${oauthSecret}`, `${username}:${password}`].map((pair) =>
    Buffer.from(pair).toString('base64'),
  )
  const mask = (text: string): string =>
    [...pairs, ...plain, ...plain.map(encodeURIComponent)].reduce(
      (masked, part) => masked.replaceAll(part, '[removed]'),
      text,
    )
  const { code, message, ...rest } = reading.error
  return {
    ...reading,
    error: {
      ...rest,
      ...(code === undefined ? {} : { code: mask(code) }),
      ...(message === undefined ? {} : { message: mask(message) }),
    },
  }
}

const isGatewayFault = ({ code = '' }: UpstreamError): boolean => /^900\d{3}$/.test(code)

function failure(reading: Unsuccessful): TokenFailure {
  switch (reading.kind) {
    case 'throttled':
    case 'unavailable':
      return { kind: 'failed', cause: reading.kind, error: reading.error }
    case 'server-error':
      return { kind: 'failed', cause: 'unavailable', error: reading.error }
    case 'credential':
    case 'refused':
      return { kind: 'failed', cause: 'refused', error: reading.error }
  }
}

const form = (wire: Wire, path: string, secret: ThingSpaceSecret, body: string, timeoutMilliseconds: number) =>
  (wire.send ?? send)({
    ...wire,
    url: `${wire.baseUrl}${path}`,
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${secret.oauthKey}:${secret.oauthSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body,
    timeoutMilliseconds,
  })
