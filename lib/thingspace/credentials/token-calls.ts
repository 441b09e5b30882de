import type { Agent } from 'node:http'
import { readAnswer } from '../answer/errors.ts'
import { send, type Send } from '../https.ts'
import type { ThingSpaceSecret } from './ports.ts'
import { failure, type TokenFailure, withoutSecret } from './token-failure.ts'
import { parseJson, TokenAnswer } from '../answer/wire.ts'

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

export type TokenResult = { kind: 'token'; accessToken: string; expiresAt: number } | TokenFailure
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
