import { audited, type AuditTrail } from '../../profile/audit/audit-trail.ts'
import { fingerprintOf } from './login-latch.ts'
import { mostFailedLogins, type SecretSource } from './ports.ts'

export type Latch = {
  credentialSet: string
  failedLogins: number
  /**
   * `closed`: no login is attempted. `changed`: the latch closed, but the secret has changed since, so it is open.
   * `unknown`: the secret could not be read, so the latch is either closed or changed.
   */
  state: 'open' | 'closed' | 'changed' | 'unknown'
  epoch: number
}

export type LatchDependencies = {
  store: {
    readLatch(
      credentialSet: string,
    ): Promise<{ epoch: number; failedLogins: number; failedSecret?: string | undefined } | undefined>
    openLatch(credentialSet: string, seen: { epoch: number; failedLogins: number }): Promise<boolean>
  }
  secrets: SecretSource
}

/** Reads the state of a credential set's login latch, for operators. The result holds no token and no secret. */
export async function inspectLatch(credentialSet: string, { store, secrets }: LatchDependencies): Promise<Latch> {
  const { epoch = 0, failedLogins = 0, failedSecret } = (await store.readLatch(credentialSet)) ?? {}
  const latch = { credentialSet, failedLogins, epoch }
  if (failedLogins < mostFailedLogins) return { ...latch, state: 'open' }
  try {
    const secret = await secrets.thingSpaceSecret(credentialSet, { fresh: true })
    return { ...latch, state: failedSecret === fingerprintOf(secret) ? 'closed' : 'changed' }
  } catch {
    return { ...latch, state: 'unknown' }
  }
}

/**
 * Resets the failed logins of a credential set, so that two more are attempted. Verizon counts all failed logins and
 * locks the user at five, so an operator must fix the cause first. Returns `false` if the record has changed since it
 * was inspected.
 */
export const openLatch = (
  { credentialSet, epoch, failedLogins }: Latch,
  by: string,
  { store, audit }: Pick<LatchDependencies, 'store'> & { audit: AuditTrail },
): Promise<boolean> =>
  audited(
    audit,
    { act: 'latch.open', actor: by, subject: credentialSet, detail: { failedLogins } },
    {
      effect: () => store.openLatch(credentialSet, { epoch, failedLogins }),
      outcomeOf: (isOpened) => ({ result: isOpened ? 'done' : 'nothing-done' }),
    },
  )
