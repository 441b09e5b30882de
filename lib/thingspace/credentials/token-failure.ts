import type { UpstreamError } from '../../profile/request/outcome.ts'
import type { AnswerReading } from '../answer/errors.ts'
import type { ThingSpaceSecret } from './ports.ts'

/** Why a token call or a login failed without a risk for the user's count of failed logins. */
export type TokenFailure = {
  kind: 'failed'
  cause: 'unreachable' | 'throttled' | 'unavailable' | 'refused'
  error: UpstreamError
}

type Unsuccessful = Exclude<AnswerReading, { kind: 'success' }>

/** Removes parts of the secret from an error. ThingSpace's error texts sometimes repeat what they refuse. */
export function withoutSecret(reading: Unsuccessful, secret: ThingSpaceSecret): Unsuccessful {
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

/** The failure of an answer that was no success. */
export function failure(reading: Unsuccessful): TokenFailure {
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
