import { hash } from 'node:crypto'
import { type CredentialRecord, mostFailedLogins, type ThingSpaceSecret } from './ports.ts'

/** A fingerprint that tells secrets apart. The OAuth secret in it makes a guess at the password worthless. */
export const fingerprintOf = (secret: ThingSpaceSecret): string =>
  hash('sha256', JSON.stringify([secret.oauthSecret, secret.oauthKey, secret.username, secret.password])).slice(0, 32)

/** Whether no login may be tried with this secret any more. A changed secret, or an operator's reset, opens it. */
export const isLatched = (record: CredentialRecord, secret: ThingSpaceSecret): boolean =>
  record.failedLogins >= mostFailedLogins && record.failedSecret === fingerprintOf(secret)
