import type { UpstreamError } from '../../profile/request/outcome.ts'
import type { Credential } from '../answer/errors.ts'
import { fingerprintOf } from './login-latch.ts'
import type { CredentialRecord, ThingSpaceSecret } from './ports.ts'
import { logIn, type LoginResult } from './login-call.ts'
import { requestToken, revokeToken, type TokenResult, type Wire } from './token-calls.ts'

/** A token is renewed this long before it expires, so that it does not expire during a call. */
const renewEarlyMilliseconds = 60_000

export type RefreshProblem = {
  cause: 'unreachable' | 'throttled' | 'unavailable' | 'refused' | 'login-unanswered' | 'out-of-time'
  error: UpstreamError
}

/** The record to be saved, also after a problem: it counts failed logins and drops refused tokens. */
export type Refreshed = { next: CredentialRecord; problem?: RefreshProblem }

export type RefreshDeps = Wire & {
  /**
   * Time for one login. With less than a quarter of it left, no login starts, because a time-out may count as failed.
   */
  loginTimeoutMilliseconds: number
}

type Task = {
  record: CredentialRecord
  due: ReadonlySet<Credential>
  refused: ReadonlySet<Credential>
  secret: ThingSpaceSecret
  deadline: number
}

const callMilliseconds = 5_000

/** Renews the credentials that are due. The caller must hold the lease, because this may log in. */
export async function refresh(deps: RefreshDeps, task: Task): Promise<Refreshed> {
  const { leaseUntil: _lease, ...record } = task.record
  let next: CredentialRecord = { ...record, epoch: record.epoch + 1 }
  if (task.due.has('access-token')) {
    const refusedToken = task.refused.has('access-token') ? record.accessToken : undefined
    const token = await renewedToken(deps, task, refusedToken)
    if (token.kind === 'failed') return { next: withoutUnusable(next, task, deps.now()), problem: token }
    next = { ...next, accessToken: token.accessToken, accessTokenExpiresAt: token.expiresAt }
  }
  return task.due.has('session') ? withSession(deps, task, next) : { next }
}

async function withSession(deps: RefreshDeps, task: Task, renewed: CredentialRecord): Promise<Refreshed> {
  const { sessionToken: _old, sessionBeganAt: _began, accessToken = '', ...rest } = renewed
  const login = await logInOnce(deps, task, accessToken)
  if (login.kind !== 'bearer-refused')
    return afterLogin({ ...rest, accessToken }, login, { secret: task.secret, now: deps.now() })

  const { accessTokenExpiresAt: _expiry, ...withoutTokens } = rest
  const token = await renewedToken(deps, task, accessToken)
  if (token.kind === 'failed') return { next: withoutTokens, problem: token }
  const second = await logInOnce(deps, task, token.accessToken)
  if (second.kind === 'bearer-refused') {
    return { next: withoutTokens, problem: { cause: 'refused', error: second.error } }
  }
  const next = { ...withoutTokens, accessToken: token.accessToken, accessTokenExpiresAt: token.expiresAt }
  return afterLogin(next, second, { secret: task.secret, now: deps.now() })
}

type TimedLogin = LoginResult | { kind: 'failed'; cause: 'out-of-time'; error: UpstreamError }

/** Logs in only if enough time is left, because Verizon may count a time-out as a failed login. */
async function logInOnce(deps: RefreshDeps, task: Task, accessToken: string): Promise<TimedLogin> {
  const left = task.deadline - deps.now()
  if (left < deps.loginTimeoutMilliseconds / 4) return { kind: 'failed', cause: 'out-of-time', error: {} }
  return logIn(deps, task.secret, {
    accessToken,
    timeoutMilliseconds: Math.min(deps.loginTimeoutMilliseconds, left),
  })
}

/**
 * Gets an access token that was not refused and does not expire soon. The endpoint returns the same token until it is
 * revoked.
 */
async function renewedToken(deps: RefreshDeps, task: Task, refusedToken: string | undefined): Promise<TokenResult> {
  const timeout = (): number => Math.min(callMilliseconds, task.deadline - deps.now())
  const first = await requestToken(deps, task.secret, timeout())
  if (first.kind === 'failed') return first
  const runsOut = first.accessToken === task.record.accessToken && isRunningOut(first.expiresAt, deps.now())
  if (first.accessToken !== refusedToken && !runsOut) return first
  await revokeToken(deps, task.secret, { token: first.accessToken, timeoutMilliseconds: timeout() })
  const second = await requestToken(deps, task.secret, timeout())
  if (second.kind === 'failed' || second.accessToken !== refusedToken) return second
  return {
    kind: 'failed',
    cause: 'refused',
    error: { message: 'the token endpoint still returns a token that ThingSpace refuses' },
  }
}

function afterLogin(
  record: CredentialRecord,
  login: Exclude<TimedLogin, { kind: 'bearer-refused' }>,
  { secret, now }: { secret: ThingSpaceSecret; now: number },
): Refreshed {
  const { failedSecret, ...rest } = record
  const fingerprint = fingerprintOf(secret)
  switch (login.kind) {
    case 'session':
      return { next: { ...rest, sessionToken: login.sessionToken, sessionBeganAt: now, failedLogins: 0 } }
    case 'failed':
      return { next: record, problem: login }
    case 'counts': {
      const failedLogins = failedSecret === fingerprint ? record.failedLogins + 1 : 1
      const cause = login.cause === 'refused' ? 'refused' : 'login-unanswered'
      return { next: { ...rest, failedLogins, failedSecret: fingerprint }, problem: { cause, error: login.error } }
    }
  }
}

/** Drops refused and expired tokens. A token that was due for early renewal stays valid for its last minute. */
function withoutUnusable(next: CredentialRecord, task: Task, now: number): CredentialRecord {
  const { accessToken, accessTokenExpiresAt, sessionToken, sessionBeganAt, ...rest } = next
  const began = sessionBeganAt === undefined ? {} : { sessionBeganAt }
  const tokenGood = !task.refused.has('access-token') && (accessTokenExpiresAt ?? 0) > now
  return {
    ...rest,
    ...(tokenGood && accessToken !== undefined ? { accessToken, accessTokenExpiresAt } : {}),
    ...(task.due.has('session') || sessionToken === undefined ? {} : { sessionToken, ...began }),
  }
}

/** Whether a token has expired or expires within `renewEarlyMilliseconds`. Both are epoch milliseconds. */
export const isRunningOut = (expiresAt: number, now: number): boolean => expiresAt - renewEarlyMilliseconds <= now
