import type { UpstreamError } from '../profile/outcome.ts'
import type { Credential } from './errors.ts'
import { fingerprintOf } from './login-latch.ts'
import type { CredentialRecord, ThingSpaceSecret } from './ports.ts'
import { logIn, type LoginResult, requestToken, revokeToken, type TokenResult, type Wire } from './token-calls.ts'

/** A token is renewed this long before its end, so that it does not run out on its way. */
export const renewEarlyMilliseconds = 60_000

export type RefreshProblem = {
  cause: 'unreachable' | 'throttled' | 'unavailable' | 'refused' | 'login-unanswered' | 'out-of-time'
  error: UpstreamError
}

/** The record to be saved in either case: a failure is counted in it, and what was refused is dropped from it. */
export type Refreshed = { next: CredentialRecord; problem?: RefreshProblem }

export type RefreshDeps = Wire & {
  /** One login's time; less than a quarter of it left means that no login is begun, because a time-out counts. */
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

/** Renews what is due. Call it only with the lease in hand: it may log in. */
export async function refresh(deps: RefreshDeps, task: Task): Promise<Refreshed> {
  const { leaseUntil: _, ...record } = task.record
  let next: CredentialRecord = { ...record, epoch: record.epoch + 1 }
  let token = record.accessToken
  if (task.due.has('access-token')) {
    const renewed = await renewedToken(deps, task, task.refused.has('access-token') ? token : undefined)
    if (renewed.kind === 'failed') return { next: withoutUnusable(next, task, deps.now()), problem: renewed }
    token = renewed.accessToken
    next = { ...next, accessToken: token, accessTokenExpiresAt: renewed.expiresAt }
  }
  if (!task.due.has('session') || token === undefined) return { next }

  const { sessionToken: __, ...withoutSession } = next
  if (task.deadline - deps.now() < deps.loginTimeoutMilliseconds / 4) {
    return { next: withoutSession, problem: { cause: 'out-of-time', error: {} } }
  }
  const login = await logIn(deps, task.secret, token, loginTimeout(deps, task))
  if (login.kind !== 'bearer-refused') return afterLogin(withoutSession, login, task.secret)

  const another = await renewedToken(deps, task, token)
  const { accessToken: ___, accessTokenExpiresAt: ____, ...withoutTokens } = withoutSession
  if (another.kind === 'failed') return { next: withoutTokens, problem: another }
  next = { ...withoutTokens, accessToken: another.accessToken, accessTokenExpiresAt: another.expiresAt }
  const second = await logIn(deps, task.secret, another.accessToken, loginTimeout(deps, task))
  if (second.kind !== 'bearer-refused') return afterLogin(next, second, task.secret)
  // Two tokens cannot both be bad. Unless the gateway itself says so, it is the login that was refused.
  if (second.error.code?.startsWith('9009') === true) {
    return { next: withoutTokens, problem: { cause: 'refused', error: second.error } }
  }
  return afterLogin(next, { kind: 'counts', cause: 'refused', error: second.error }, task.secret)
}

/** A token other than the one refused, and not about to run out: the endpoint repeats a token until it is revoked. */
async function renewedToken(deps: RefreshDeps, task: Task, refusedToken: string | undefined): Promise<TokenResult> {
  const timeout = (): number => Math.min(callMilliseconds, task.deadline - deps.now())
  const first = await requestToken(deps, task.secret, timeout())
  if (first.kind === 'failed') return first
  const runsOut = first.accessToken === task.record.accessToken && isRunningOut(first.expiresAt, deps.now())
  if (first.accessToken !== refusedToken && !runsOut) return first
  await revokeToken(deps, task.secret, first.accessToken, timeout())
  const second = await requestToken(deps, task.secret, timeout())
  if (second.kind === 'failed' || second.accessToken !== refusedToken) return second
  return { kind: 'failed', cause: 'refused', error: { message: 'the token endpoint repeats a token that is refused' } }
}

function afterLogin(
  record: CredentialRecord,
  login: Exclude<LoginResult, { kind: 'bearer-refused' }>,
  secret: ThingSpaceSecret,
): Refreshed {
  const { failedSecret, ...rest } = record
  const fingerprint = fingerprintOf(secret)
  switch (login.kind) {
    case 'session':
      return { next: { ...rest, sessionToken: login.sessionToken, failedLogins: 0 } }
    case 'failed':
      return { next: record, problem: login }
    case 'counts': {
      const failedLogins = failedSecret === fingerprint ? record.failedLogins + 1 : 1
      const cause = login.cause === 'refused' ? 'refused' : 'login-unanswered'
      return { next: { ...rest, failedLogins, failedSecret: fingerprint }, problem: { cause, error: login.error } }
    }
  }
}

/** Drops what was refused or has run out; a token renewed early is still good for its last minute. */
function withoutUnusable(next: CredentialRecord, task: Task, now: number): CredentialRecord {
  const { accessToken, accessTokenExpiresAt, sessionToken, ...rest } = next
  const tokenGood = !task.refused.has('access-token') && (accessTokenExpiresAt ?? 0) > now
  return {
    ...rest,
    ...(tokenGood && accessToken !== undefined ? { accessToken, accessTokenExpiresAt } : {}),
    ...(task.due.has('session') || sessionToken === undefined ? {} : { sessionToken }),
  }
}

const loginTimeout = (deps: RefreshDeps, task: Task): number =>
  Math.min(deps.loginTimeoutMilliseconds, task.deadline - deps.now())

export const isRunningOut = (expiresAt: number, now: number): boolean => expiresAt - renewEarlyMilliseconds <= now
