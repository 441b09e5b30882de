import type { Log, Random } from '../../profile/ports.ts'
import type { Credential } from '../answer/errors.ts'
import { refresh, type RefreshDeps, type RefreshProblem } from './credential-refresh.ts'
import { adopt, dueOf, type Held, readyTokens, type Tokens } from './held-tokens.ts'
import { fingerprintOf, isLatched } from './login-latch.ts'
import type { CredentialStore, SecretSource, ThingSpaceSecret } from './ports.ts'

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

const refreshMilliseconds = 12_000
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

/** Reads the secret, bypassing the cache after a failure, because it may have been rotated. */
const secretFor = (deps: CredentialsDeps, credentialSet: string, held: Held): Promise<ThingSpaceSecret> =>
  held.isSecretInQuestion || held.record.failedLogins > 0 || held.unsavedFailure !== undefined
    ? deps.secrets.thingSpaceSecret(credentialSet, { fresh: true })
    : deps.secrets.thingSpaceSecret(credentialSet)

/** Without a `problem`, tokens are unusable only if the endpoint returned one that has already expired. */
const unavailable = (problem: RefreshProblem = { cause: 'refused', error: {} }): Tokens => ({
  kind: 'unavailable',
  cause: problem.cause,
  error: problem.error,
})
