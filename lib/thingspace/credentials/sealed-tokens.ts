import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { CredentialRecord, CredentialStore, SecretSource, ThingSpaceSecret } from './ports.ts'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * A store that holds both tokens sealed under a key made of the credential set's secret. Who reads the table or its
 * stream, and not the secret, sees no token. Tokens that the present secret does not open are absent, so a changed secret
 * leads to a new login.
 */
export function sealTokens(store: CredentialStore, secrets: SecretSource): CredentialStore {
  return {
    takeLease: (...call) => store.takeLease(...call),

    async read(credentialSet) {
      const secret = secrets.thingSpaceSecret(credentialSet)
      // Both are read at once, because a cold start waits for this. Without tokens the secret is not needed here.
      secret.catch(() => undefined)
      const record = await store.read(credentialSet)
      if (record?.accessToken === undefined && record?.sessionToken === undefined) return record
      const opened = openedWith(await secret, credentialSet, record)
      if (opened.accessToken !== undefined || opened.sessionToken !== undefined) return opened
      // The secret may have been changed since this environment read it, and the tokens sealed with the new one.
      return openedWith(await secrets.thingSpaceSecret(credentialSet, { fresh: true }), credentialSet, record)
    },

    async save(credentialSet, expectedEpoch, next) {
      const { accessToken, sessionToken, ...rest } = next
      if (accessToken === undefined && sessionToken === undefined) return store.save(credentialSet, expectedEpoch, next)
      const key = keyOf(await secrets.thingSpaceSecret(credentialSet))
      return store.save(credentialSet, expectedEpoch, {
        ...rest,
        ...(accessToken === undefined ? {} : { accessToken: seal(accessToken, key, `${credentialSet} access`) }),
        ...(sessionToken === undefined ? {} : { sessionToken: seal(sessionToken, key, `${credentialSet} session`) }),
      })
    },
  }
}

function openedWith(secret: ThingSpaceSecret, credentialSet: string, record: CredentialRecord): CredentialRecord {
  const key = keyOf(secret)
  const { accessToken: sealedAccess, accessTokenExpiresAt, sessionToken: sealedSession, ...rest } = record
  const accessToken = open(sealedAccess, key, `${credentialSet} access`)
  const sessionToken = open(sealedSession, key, `${credentialSet} session`)
  return {
    ...rest,
    ...(accessToken === undefined ? {} : { accessToken, accessTokenExpiresAt }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
}

/** The OAuth secret is random enough for a key that is derived and not stretched. */
const keyOf = ({ oauthSecret, oauthKey, username, password }: ThingSpaceSecret): Uint8Array =>
  new Uint8Array(
    hkdfSync('sha256', JSON.stringify([oauthSecret, oauthKey, username, password]), '', 'thingspace tokens', 32),
  )

/** Nonce, tag and cipher text. `place` is bound to it: a sealed text opens only where it was put. */
function seal(text: string, key: Uint8Array, place: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(place))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

function open(text: string | undefined, key: Uint8Array, place: string): string | undefined {
  if (text === undefined) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes, nonceBytes + tagBytes)]
  try {
    const decipher = createDecipheriv(algorithm, key, nonce).setAAD(Buffer.from(place)).setAuthTag(tag)
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}
