import { hash } from 'node:crypto'
import { type CredentialRecord, mostFailedLogins, type ThingSpaceSecret } from './ports.ts'

/** A fingerprint that tells secrets apart. It includes the OAuth secret, so the password cannot be guessed from it. */
export const fingerprintOf = (secret: ThingSpaceSecret): string =>
  hash('sha256', JSON.stringify([secret.oauthSecret, secret.oauthKey, secret.username, secret.password])).slice(0, 32)

/** Whether further logins with this secret are blocked. A changed secret or an operator's reset opens the latch. */
export const isLatched = (record: CredentialRecord, secret: ThingSpaceSecret): boolean =>
  record.failedLogins >= mostFailedLogins && record.failedSecret === fingerprintOf(secret)
