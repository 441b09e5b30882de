import type { CredentialRecord, ThingSpaceSecret } from '../../../lib/thingspace/credentials/ports.ts'
import { sealTokens } from '../../../lib/thingspace/credentials/sealed-tokens.ts'

const secret: ThingSpaceSecret = { oauthKey: 'key', oauthSecret: 'secret', username: 'user', password: 'password' }

export const cannedSecrets = { thingSpaceSecret: async () => secret }

/** The token record in the table after a login with the constant secret. */
export async function sealedRecord(accessTokenExpiresAt: number): Promise<CredentialRecord> {
  const saved: CredentialRecord[] = []
  const store = {
    read: async () => undefined,
    takeLease: async () => ({ taken: false }),
    save: async (_set: string, _epoch: number, next: CredentialRecord) => ({ saved: saved.push(next) > 0 }),
  }
  const record = { epoch: 1, accessToken: 'bearer', accessTokenExpiresAt, sessionToken: 'session', failedLogins: 0 }
  await sealTokens(store, cannedSecrets).save('default', 0, record)
  return saved[0] ?? record
}
