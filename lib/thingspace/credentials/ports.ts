/**
 * What the ThingSpace side needs from elsewhere: its credentials' shared record and its secrets.
 * One record per credential set is shared by all environments, because five failed logins lock the account at Verizon.
 */
import * as z from 'zod/mini'

/** The UWS user and OAuth application of one credential set, from Secrets Manager (or the local stack). */
export const ThingSpaceSecret = z.object({
  oauthKey: z.string().check(z.minLength(1)),
  oauthSecret: z.string().check(z.minLength(1)),
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
})
export type ThingSpaceSecret = z.infer<typeof ThingSpaceSecret>

/**
 * The shared token record. `epoch` grows by one with each refresh; who saw a token refused names the epoch it used, so
 * that a late failure cannot throw away a newer token. Times are epoch milliseconds.
 */
export const CredentialRecord = z.object({
  epoch: z.int().check(z.nonnegative()),
  accessToken: z.optional(z.string()),
  accessTokenExpiresAt: z.optional(z.int()),
  sessionToken: z.optional(z.string()),
  /** When the session began; an older one that no use is known of has probably ended. */
  sessionBeganAt: z.optional(z.int()),
  leaseUntil: z.optional(z.int()),
  failedLogins: z.int().check(z.nonnegative()),
  /** Fingerprint of the secret whose logins failed: a changed secret opens the latch by itself. */
  failedSecret: z.optional(z.string()),
})
export type CredentialRecord = z.infer<typeof CredentialRecord>

/** Verizon locks the account at five failed logins and only its support unlocks it; two are ours to lose. */
export const mostFailedLogins = 2

export type CredentialStore = {
  /** The record as it stands; `undefined` before the first login. */
  read(credentialSet: string): Promise<CredentialRecord | undefined>
  /**
   * Takes the right to refresh what `epoch` was. Gives the lease to exactly one of all environments until `leaseUntil`;
   * `taken: false` when somebody else has it or the epoch has moved on.
   */
  takeLease(
    credentialSet: string,
    lease: { epoch: number; leaseUntil: number; now: number },
  ): Promise<{ taken: boolean }>
  /**
   * Writes the refreshed record (epoch + 1) and gives the lease back; `saved: false` when the epoch has moved on.
   * A record that closes the latch is announced.
   */
  save(credentialSet: string, expectedEpoch: number, next: CredentialRecord): Promise<{ saved: boolean }>
}

export type SecretSource = {
  /** The secret of one credential set; `fresh` bypasses the container's cache. */
  thingSpaceSecret(credentialSet: string, options?: { fresh?: boolean }): Promise<ThingSpaceSecret>
}
