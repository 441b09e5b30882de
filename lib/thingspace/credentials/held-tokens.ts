import type { UpstreamError } from '../../profile/request/outcome.ts'
import type { Credential } from '../answer/errors.ts'
import { isRunningOut, type RefreshProblem } from './credential-refresh.ts'
import type { CredentialRecord } from './ports.ts'

export type ReadyTokens = { kind: 'ready'; accessToken: string; sessionToken: string; epoch: number }
export type UnavailableCause = RefreshProblem['cause'] | 'locked' | 'busy' | 'failed'
export type Tokens = ReadyTokens | { kind: 'unavailable'; cause: UnavailableCause; error: UpstreamError }

/** The state of one credential set in this environment. */
export type Held = {
  record: CredentialRecord
  refused: Set<Credential>
  flight?: Promise<Tokens> | undefined
  /** Fingerprint of a secret whose failed login could not be saved. This environment does not log in with it again. */
  unsavedFailure?: string | undefined
  /** When this environment last used the session, in epoch milliseconds. */
  usedAt: number
  /** Whether ThingSpace refused the cached secret, which may have been rotated meanwhile. */
  isSecretInQuestion: boolean
}

/** A session ends after 20 minutes without use (Verizon's session page). One minute less leaves time for the call. */
const sessionIdleMilliseconds = 19 * 60_000

/** Takes over a record that was read or written. A new epoch clears what was known about the old tokens. */
export function adopt(held: Held, record: CredentialRecord): void {
  if (record.epoch !== held.record.epoch) {
    held.refused.clear()
    // A login has succeeded since, so the failure that could not be counted no longer matters.
    if (record.sessionToken !== undefined) held.unsavedFailure = undefined
  }
  held.record = record
}

/** The credentials to be renewed: refused, missing or expiring ones, and a session that was idle for too long. */
export function dueOf({ record, refused, usedAt }: Held, now: number): Set<Credential> {
  const due = new Set<Credential>(refused)
  if (record.accessToken === undefined || isRunningOut(record.accessTokenExpiresAt ?? 0, now)) due.add('access-token')
  // If only another environment has used the session, this login is unnecessary. At most one occurs per session
  // lifetime.
  const usedLast = Math.max(record.sessionBeganAt ?? now, usedAt)
  const isIdle = now - usedLast > sessionIdleMilliseconds && record.failedLogins === 0
  if (record.sessionToken === undefined || isIdle) due.add('session')
  return due
}

/** Both tokens, or `undefined` if one is missing, refused or expired. */
export function readyTokens({ record, refused }: Held, now: number): ReadyTokens | undefined {
  const { accessToken, accessTokenExpiresAt = 0, sessionToken, epoch } = record
  if (accessToken === undefined || sessionToken === undefined || refused.size > 0) return undefined
  return accessTokenExpiresAt > now ? { kind: 'ready', accessToken, sessionToken, epoch } : undefined
}
