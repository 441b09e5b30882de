import type { CallbackAuthenticity } from '../../profile/callback/record-callback.ts'
import { hash, timingSafeEqual } from 'node:crypto'
import type { CallbackCredentials } from '../../profile/request/callback.ts'

/**
 * Credentials that a callback may carry. After a rotation, ThingSpace still sends the previous password for minutes.
 */
export type AcceptedCredentials = { username: string; current: string; previous?: string | undefined }

/**
 * Checks the credentials of a callback, in constant time. A callback without credentials, or with empty ones, is
 * authentic by its secret path alone, unless `requireCredentials` is set. ThingSpace's Global IoT examples carry none.
 */
export function authenticateCallback(
  credentials: CallbackCredentials | undefined,
  { username, current, previous, requireCredentials }: AcceptedCredentials & { requireCredentials: boolean },
): CallbackAuthenticity {
  if (credentials === undefined || (credentials.username === '' && credentials.password === '')) {
    return requireCredentials ? 'credentials-missing' : 'authentic'
  }
  const isCurrent = sameCredentials(credentials, { username, password: current })
  // Compare with both passwords always, so that the time taken does not reveal which one matched.
  const isPrevious = sameCredentials(credentials, { username, password: previous ?? current })
  return isCurrent || isPrevious ? 'authentic' : 'wrong-credentials'
}

/** Compares two pairs of credentials, in constant time for any lengths. */
export const sameCredentials = (one: CallbackCredentials, other: CallbackCredentials): boolean =>
  timingSafeEqual(digestOf(one), digestOf(other))

const digestOf = ({ username, password }: CallbackCredentials): Buffer =>
  hash('sha256', JSON.stringify([username, password]), 'buffer')
