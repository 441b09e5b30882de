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
  /** Both tokens, renewed if need be, by `deadline` (epoch milliseconds) at the latest. Never throws. */
  tokens(credentialSet: string, deadline: number): Promise<Tokens>
  /** A credential of `epoch` was refused. Of an older epoch than the one in hand it says nothing new. */
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

/** What one environment holds of one credential set. */
type Held = {
  record: CredentialRecord
  refused: Set<Credential>
  flight?: Promise<Tokens> | undefined
  /** A failed login that could not be written down: this environment tries this secret no more. */
  unsavedFailure?: string | undefined
  /** When this environment last used the session. */
  usedAt: number
  /** The cached secret has failed; it may have been rotated meanwhile. */
  isSecretInQuestion: boolean
}

const refreshMilliseconds = 12_000
/** A session ends after 20 minutes without use (Verizon's session page); a minute less, for the call that is on its way. */
const sessionIdleMilliseconds = 19 * 60_000
/** For clocks that differ between environments. */
const leaseMarginMilliseconds = 2_000

/**
 * The tokens of each credential set: in memory per environment, shared through one record, renewed under a lease.
 *
 * However many environments notice that a session has ended, one logs in: the others find the lease taken and wait for
 * the next epoch. A holder that dies keeps the others waiting until its lease runs out, and then the next one takes over.
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
      held.flight ??= renew(deps, credentialSet, held, deadline)
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

async function renew(deps: CredentialsDeps, credentialSet: string, held: Held, deadline: number): Promise<Tokens> {
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
    // Somebody else renews early what still works.
    const usable = readyTokens(held, now)
    if (usable !== undefined) return usable
    await deps.sleep(Math.min(50 + deps.random() * 200, Math.max(1, deadline - deps.now())))
  }
}

type LeaseTask = {
  credentialSet: string
  held: Held
  due: ReadonlySet<Credential>
  secret: ThingSpaceSecret
  deadline: number
}

/** One refresh, or `undefined` when another environment has the lease or has moved the epoch. */
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
    // Somebody's login has worked since, so the failure that could not be counted is history.
    if (record.sessionToken !== undefined) held.unsavedFailure = undefined
  }
  held.record = record
}

/** After a failure the secret is fetched anew: it may have been rotated since this environment cached it. */
const secretFor = (deps: CredentialsDeps, credentialSet: string, held: Held): Promise<ThingSpaceSecret> =>
  held.isSecretInQuestion || held.record.failedLogins > 0 || held.unsavedFailure !== undefined
    ? deps.secrets.thingSpaceSecret(credentialSet, { fresh: true })
    : deps.secrets.thingSpaceSecret(credentialSet)

function dueOf({ record, refused, usedAt }: Held, now: number): Set<Credential> {
  const due = new Set<Credential>(refused)
  if (record.accessToken === undefined || isRunningOut(record.accessTokenExpiresAt ?? 0, now)) due.add('access-token')
  // Another environment may have used it meanwhile: then one login is made in vain, at most one in the time of a session.
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

/** A renewal without a problem leaves tokens that are good, unless the endpoint gave one that has run out already. */
const unavailable = (problem: RefreshProblem = { cause: 'refused', error: {} }): Tokens => ({
  kind: 'unavailable',
  cause: problem.cause,
  error: problem.error,
})
