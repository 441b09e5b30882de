/**
 * Ports of lib/thingspace: the shared credential record and the secrets. All environments share one record per
 * credential set, because five failed logins lock the user at Verizon.
 */
import * as z from 'zod/mini'

/** The UWS user and OAuth application of one credential set. Comes from Secrets Manager or the local stack. */
export const ThingSpaceSecret = z.object({
  oauthKey: z.string().check(z.minLength(1)),
  oauthSecret: z.string().check(z.minLength(1)),
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
})
export type ThingSpaceSecret = z.infer<typeof ThingSpaceSecret>

/**
 * The shared token record. Each refresh increments `epoch`. A reported failure names the epoch of its token, so a late
 * report cannot discard a newer token. Times are epoch milliseconds.
 */
export const CredentialRecord = z.object({
  epoch: z.int().check(z.nonnegative()),
  accessToken: z.optional(z.string()),
  accessTokenExpiresAt: z.optional(z.int()),
  sessionToken: z.optional(z.string()),
  /** When the session began. A session without recent use has probably ended. */
  sessionBeganAt: z.optional(z.int()),
  leaseUntil: z.optional(z.int()),
  failedLogins: z.int().check(z.nonnegative()),
  /** Fingerprint of the secret whose logins failed. A changed secret opens the latch by itself. */
  failedSecret: z.optional(z.string()),
})
export type CredentialRecord = z.infer<typeof CredentialRecord>

/** Verizon locks the user at five failed logins, and only its support unlocks it. The gateway stops after two. */
export const mostFailedLogins = 2

export type CredentialStore = {
  /** Reads the record. Returns `undefined` before the first login. */
  read(credentialSet: string): Promise<CredentialRecord | undefined>
  /**
   * Takes the lease to refresh the tokens of `epoch`. Exactly one environment gets it until `leaseUntil`. Returns
   * `taken: false` if another environment holds it or the epoch has changed.
   */
  takeLease(
    credentialSet: string,
    lease: { epoch: number; leaseUntil: number; now: number },
  ): Promise<{ taken: boolean }>
  /**
   * Writes the refreshed record (epoch + 1) and releases the lease. Returns `saved: false` if the epoch has changed. A
   * record that closes the latch leads to the event `account.locked`.
   */
  save(credentialSet: string, expectedEpoch: number, next: CredentialRecord): Promise<{ saved: boolean }>
}

export type SecretSource = {
  /** Reads the secret of one credential set. `fresh` bypasses the container's cache. */
  thingSpaceSecret(credentialSet: string, options?: { fresh?: boolean }): Promise<ThingSpaceSecret>
}
