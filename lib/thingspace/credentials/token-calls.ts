import type { Agent } from 'node:http'
import type { UpstreamError } from '../../profile/request/outcome.ts'
import { type Answer, type AnswerReading, readAnswer } from '../answer/errors.ts'
import { send, type Send } from '../https.ts'
import type { ThingSpaceSecret } from './ports.ts'
import { parseJson, SessionAnswer, TokenAnswer } from '../answer/wire.ts'

/** The connection to ThingSpace, one per container. */
export type Wire = {
  /** `https://thingspace.verizon.com/api`, or the URL of a simulator. */
  baseUrl: string
  agent: Agent
  connectTimeoutMilliseconds: number
  now: () => number
  /** Replaces HTTP in simulations. */
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
  /** The login was refused or its answer was lost. Verizon may have counted it, and locks the user at five. */
  | { kind: 'counts'; cause: 'refused' | 'unanswered'; error: UpstreamError }
  | TokenFailure

/** Assumed lifetime of a token if the answer has none, and the longest lifetime that is accepted. */
const assumedLifeSeconds = 600
const longestLifeSeconds = 86_400

/**
 * Requests the OAuth access token. Within its lifetime of an hour, the endpoint returns the same token again (Verizon's
 * page "Getting Credentials"). Does not throw for failures of the network or of ThingSpace.
 */
export async function requestToken(
  wire: Wire,
  secret: ThingSpaceSecret,
  timeoutMilliseconds: number,
): Promise<TokenResult> {
  const path = '/ts/v1/oauth2/token'
  const result = await postForm(wire, secret, { path, body: 'grant_type=client_credentials', timeoutMilliseconds })
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

/** Revokes a token, so that the endpoint issues another. Ignores failures, because they show in the next token. */
export async function revokeToken(
  wire: Wire,
  secret: ThingSpaceSecret,
  { token, timeoutMilliseconds }: { token: string; timeoutMilliseconds: number },
): Promise<void> {
  const body = `grant_type=client_credentials&token=${encodeURIComponent(token)}`
  await postForm(wire, secret, { path: '/ts/v1/oauth2/revoke', body, timeoutMilliseconds })
}

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

type Unsuccessful = Exclude<AnswerReading, { kind: 'success' }>

const isRefusal = ({ status = 0 }: UpstreamError): boolean => status >= 400 && status < 500

/** Removes parts of the secret from an error. ThingSpace's error texts sometimes repeat what they refuse. */
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

type FormCall = { path: string; body: string; timeoutMilliseconds: number }

const postForm = (wire: Wire, secret: ThingSpaceSecret, { path, body, timeoutMilliseconds }: FormCall) =>
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
