import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { CredentialRecord, CredentialStore, SecretSource, ThingSpaceSecret } from './ports.ts'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/**
 * Wraps a store so that it holds both tokens encrypted under a key derived from the credential set's secret. A reader
 * of the table or its stream who lacks the secret sees no token. Tokens that the current secret cannot decrypt are
 * absent, so a changed secret leads to a new login.
 */
export function sealTokens(store: CredentialStore, secrets: SecretSource): CredentialStore {
  return {
    takeLease: (...call) => store.takeLease(...call),

    async read(credentialSet) {
      const secret = secrets.thingSpaceSecret(credentialSet)
      // Read both concurrently to shorten cold starts. Without tokens, the secret is not needed and may fail to load.
      secret.catch(() => undefined)
      const record = await store.read(credentialSet)
      if (record?.accessToken === undefined && record?.sessionToken === undefined) return record
      const opened = openedWith(await secret, credentialSet, record)
      if (opened.accessToken !== undefined || opened.sessionToken !== undefined) return opened
      // The tokens may be sealed with a secret that was changed since this environment read it.
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

/** Derives the key with HKDF. The OAuth secret is random, so the key needs no stretching. */
const keyOf = ({ oauthSecret, oauthKey, username, password }: ThingSpaceSecret): Uint8Array =>
  new Uint8Array(
    hkdfSync('sha256', JSON.stringify([oauthSecret, oauthKey, username, password]), '', 'thingspace tokens', 32),
  )

/** Returns nonce, tag and cipher text. `place` is authenticated, so a sealed text opens only in its own place. */
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
