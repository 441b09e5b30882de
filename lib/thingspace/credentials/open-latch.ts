import { fingerprintOf } from './login-latch.ts'
import { mostFailedLogins, type SecretSource } from './ports.ts'

export type Latch = {
  credentialSet: string
  failedLogins: number
  /**
   * `closed`: no login is tried. `changed`: it was, and the secret has been changed since, so it is open. `unknown`: the
   * secret could not be read, so nobody can tell those two apart.
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

/** Whether logins with a credential set are tried, and if not, why. Shows no token and no secret. */
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
 * Forgets the failed logins of a credential set, so that two more are tried. Verizon counts them all and locks the user
 * at five, so this is for somebody who has mended the cause. `false`: something changed meanwhile.
 */
export const openLatch = async (
  { credentialSet, epoch, failedLogins }: Latch,
  { store }: Pick<LatchDependencies, 'store'>,
): Promise<boolean> => store.openLatch(credentialSet, { epoch, failedLogins })
