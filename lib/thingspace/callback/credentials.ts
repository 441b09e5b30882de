import { hash, timingSafeEqual } from 'node:crypto'
import type { CallbackCredentials } from '../../profile/request/callback.ts'

/** What the listener is registered with. `previous` is still echoed for minutes after a change, among the new one. */
export type AcceptedCredentials = { username: string; current: string; previous?: string | undefined }

export type CallbackAuthenticity = 'authentic' | 'credentials-missing' | 'wrong-credentials'

/**
 * Judges the credentials of a callback, in constant time. Where a message carries none (the Global IoT examples do not)
 * the secret path has to do, unless credentials are required; empty ones are none.
 */
export function authenticateCallback(
  credentials: CallbackCredentials | undefined,
  { username, current, previous, requireCredentials }: AcceptedCredentials & { requireCredentials: boolean },
): CallbackAuthenticity {
  if (credentials === undefined || (credentials.username === '' && credentials.password === '')) {
    return requireCredentials ? 'credentials-missing' : 'authentic'
  }
  const isCurrent = sameCredentials(credentials, { username, password: current })
  // Compared in any case, so that the time taken does not tell which of the two it was.
  const isPrevious = sameCredentials(credentials, { username, password: previous ?? current })
  return isCurrent || isPrevious ? 'authentic' : 'wrong-credentials'
}

/** Whether two pairs are equal, in constant time whatever their lengths. */
export const sameCredentials = (one: CallbackCredentials, other: CallbackCredentials): boolean =>
  timingSafeEqual(digestOf(one), digestOf(other))

const digestOf = ({ username, password }: CallbackCredentials): Buffer =>
  hash('sha256', JSON.stringify([username, password]), 'buffer')
