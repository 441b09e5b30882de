import type { Log, Random } from '../../profile/ports.ts'
import type { UpstreamError } from '../../profile/request/outcome.ts'
import { isRunningOut, refresh, type RefreshDeps, type RefreshProblem } from './credential-refresh.ts'
import type { Credential } from '../answer/errors.ts'
import { fingerprintOf, isLatched } from './login-latch.ts'
import type { CredentialRecord, CredentialStore, SecretSource, ThingSpaceSecret } from './ports.ts'

export type ReadyTokens = { kind: 'ready'; accessToken: string; sessionToken: string; epoch: number }
export type UnavailableCause = RefreshProblem['cause'] | 'locked' | 'busy' | 'failed'
export type Tokens = ReadyTokens | { kind: 'unavailable'; cause: UnavailableCause; error: UpstreamError }

export type Credentials = {
  /** Returns both tokens, renewed if necessary, by `deadline` (epoch milliseconds). Never throws. */
  tokens(credentialSet: string, deadline: number): Promise<Tokens>
  /** Reports that ThingSpace refused a credential of `epoch`. Ignored if the tokens have been renewed since. */
  reportFailure(credentialSet: string, epoch: number, credential: Credential): void
}

export type CredentialsDeps = Omit<RefreshDeps, 'loginTimeoutMilliseconds'> & {
  store: CredentialStore
  secrets: SecretSource
  random: Random
  sleep: (milliseconds: number) => Promise<void>
  log: Log
  loginTimeoutMilliseconds?: number
}

/** The state of one credential set in this environment. */
type Held = {
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

const refreshMilliseconds = 12_000
/** A session ends after 20 minutes without use (Verizon's session page). One minute less leaves time for the call. */
const sessionIdleMilliseconds = 19 * 60_000
/** Allows for clock differences between environments. */
const leaseMarginMilliseconds = 2_000

/**
 * The tokens of each credential set. Each environment keeps them in memory, shares them through one record, and renews
 * them under a lease.
 *
 * If many environments notice that a session has ended, one of them logs in. The others find the lease taken and wait
 * for the next epoch. If the holder dies, its lease expires and another environment takes over.
 */
export function createCredentials(deps: CredentialsDeps): Credentials {
  const sets = new Map<string, Held>()
  const heldOf = (credentialSet: string): Held => {
    const known = sets.get(credentialSet)
    if (known !== undefined) return known
    const held: Held = {
      record: { epoch: 0, failedLogins: 0 },
      refused: new Set(),
      usedAt: 0,
      isSecretInQuestion: false,
    }
    sets.set(credentialSet, held)
    return held
  }

  return {
    async tokens(credentialSet, deadline) {
      const held = heldOf(credentialSet)
      const ready = dueOf(held, deps.now()).size === 0 ? readyTokens(held, deps.now()) : undefined
      if (ready !== undefined) {
        held.usedAt = deps.now()
        return ready
      }
      held.flight ??= renew(deps, { credentialSet, held, deadline })
        .catch((error: unknown): Tokens => {
          deps.log.error('thingspace credentials failed', { credentialSet, error })
          return { kind: 'unavailable', cause: 'failed', error: {} }
        })
        .finally(() => {
          held.flight = undefined
        })
      const tokens = await held.flight
      if (tokens.kind === 'ready') held.usedAt = deps.now()
      return tokens
    },
    reportFailure(credentialSet, epoch, credential) {
      const held = heldOf(credentialSet)
      if (held.record.epoch === epoch) held.refused.add(credential)
    },
  }
}

type Renewal = { credentialSet: string; held: Held; deadline: number }

async function renew(deps: CredentialsDeps, { credentialSet, held, deadline }: Renewal): Promise<Tokens> {
  for (;;) {
    adopt(held, (await deps.store.read(credentialSet)) ?? { epoch: 0, failedLogins: 0 })
    const { record } = held
    const now = deps.now()
    const due = dueOf(held, now)
    const ready = due.size === 0 ? readyTokens(held, now) : undefined
    if (ready !== undefined) return ready
    if (now >= deadline) return { kind: 'unavailable', cause: 'busy', error: {} }

    if ((record.leaseUntil ?? 0) <= now) {
      const secret = await secretFor(deps, credentialSet, held)
      if (due.has('session') && (isLatched(record, secret) || held.unsavedFailure === fingerprintOf(secret))) {
        deps.log.warn('thingspace login latch is closed', { credentialSet, failedLogins: record.failedLogins })
        return { kind: 'unavailable', cause: 'locked', error: {} }
      }
      const finished = await refreshUnderLease(deps, { credentialSet, held, due, secret, deadline })
      if (finished !== undefined) return finished
    }
    // Another environment renews the tokens early. Until then, use the ones that are still valid.
    const usable = readyTokens(held, now)
    if (usable !== undefined) return usable
    await deps.sleep(Math.min(50 + deps.random() * 200, Math.max(1, deadline - deps.now())))
  }
}

type LeaseTask = Renewal & { due: ReadonlySet<Credential>; secret: ThingSpaceSecret }

/** Refreshes once. Returns `undefined` if another environment holds the lease or has renewed the tokens. */
async function refreshUnderLease(deps: CredentialsDeps, task: LeaseTask): Promise<Tokens | undefined> {
  const { credentialSet, held, due, secret } = task
  const { record } = held
  const now = deps.now()
  const deadline = Math.min(task.deadline, now + refreshMilliseconds)
  const leaseUntil = deadline + leaseMarginMilliseconds
  const lease = await deps.store.takeLease(credentialSet, { epoch: record.epoch, leaseUntil, now })
  if (!lease.taken) return undefined

  const options = { loginTimeoutMilliseconds: 8_000, ...deps }
  const { next, problem } = await refresh(options, { record, due, refused: held.refused, secret, deadline })
  const failures = `${next.failedLogins} ${next.failedSecret}`
  const loginFailed = next.failedLogins > 0 && failures !== `${record.failedLogins} ${record.failedSecret}`
  if (loginFailed) held.unsavedFailure = next.failedSecret
  held.isSecretInQuestion = problem?.cause === 'refused'
  const { saved } = await deps.store.save(credentialSet, record.epoch, next)
  if (!saved) return undefined

  held.unsavedFailure = undefined
  adopt(held, next)
  const fields = { credentialSet, epoch: next.epoch, due: [...due], failedLogins: next.failedLogins, loginFailed }
  if (problem === undefined) deps.log.info('thingspace credentials renewed', fields)
  else {
    const { cause, error } = problem
    deps.log.warn('thingspace credentials not renewed', { ...fields, cause, status: error.status, code: error.code })
  }
  if (isLatched(next, secret)) deps.log.error('thingspace login latch has closed', fields)
  return readyTokens(held, deps.now()) ?? unavailable(problem)
}

function adopt(held: Held, record: CredentialRecord): void {
  if (record.epoch !== held.record.epoch) {
    held.refused.clear()
    // A login has succeeded since, so the failure that could not be counted no longer matters.
    if (record.sessionToken !== undefined) held.unsavedFailure = undefined
  }
  held.record = record
}

/** Reads the secret, bypassing the cache after a failure, because it may have been rotated. */
const secretFor = (deps: CredentialsDeps, credentialSet: string, held: Held): Promise<ThingSpaceSecret> =>
  held.isSecretInQuestion || held.record.failedLogins > 0 || held.unsavedFailure !== undefined
    ? deps.secrets.thingSpaceSecret(credentialSet, { fresh: true })
    : deps.secrets.thingSpaceSecret(credentialSet)

function dueOf({ record, refused, usedAt }: Held, now: number): Set<Credential> {
  const due = new Set<Credential>(refused)
  if (record.accessToken === undefined || isRunningOut(record.accessTokenExpiresAt ?? 0, now)) due.add('access-token')
  // If only another environment has used the session, this login is unnecessary. At most one occurs per session
  // lifetime.
  const usedLast = Math.max(record.sessionBeganAt ?? now, usedAt)
  const isIdle = now - usedLast > sessionIdleMilliseconds && record.failedLogins === 0
  if (record.sessionToken === undefined || isIdle) due.add('session')
  return due
}

function readyTokens({ record, refused }: Held, now: number): ReadyTokens | undefined {
  const { accessToken, accessTokenExpiresAt = 0, sessionToken, epoch } = record
  if (accessToken === undefined || sessionToken === undefined || refused.size > 0) return undefined
  return accessTokenExpiresAt > now ? { kind: 'ready', accessToken, sessionToken, epoch } : undefined
}

/** Without a `problem`, tokens are unusable only if the endpoint returned one that has already expired. */
const unavailable = (problem: RefreshProblem = { cause: 'refused', error: {} }): Tokens => ({
  kind: 'unavailable',
  cause: problem.cause,
  error: problem.error,
})
