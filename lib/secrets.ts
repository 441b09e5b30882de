import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod/mini'
import { awsClientOptions } from './aws-client.ts'
import { ListenerSecret } from './profile/listener/rotate-listener.ts'
import { type SecretSource, ThingSpaceSecret } from './thingspace/credentials/ports.ts'

/** How long a container caches a secret. After this time, every container uses a rotated secret. */
const keptMilliseconds = 5 * 60_000
/** How long even a fresh read is cached, so that forged callbacks cannot cause a call to Secrets Manager each. */
const freshMilliseconds = 10_000

/**
 * Reads the text of a secret. `fresh` bypasses the cache, at most once in ten seconds. With `holdFailure`, a fresh read
 * that failed is not repeated within these ten seconds either: it fails with the same error.
 */
export type Reader = (secretId: string, options?: { fresh?: boolean; holdFailure?: boolean }) => Promise<string>

/** Connects to Secrets Manager, with a cache per container. */
export function connectSecrets(clock: () => number): Reader {
  const client = new SecretsManagerClient(awsClientOptions)
  return keepSecrets(async (secretId) => {
    const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    if (text === undefined) throw new Error('the secret has no text (SecretString)')
    return text
  }, clock)
}

export type KeptSecret = { text: string; readAt: number }

/**
 * Caches secrets: five minutes, or ten seconds for `fresh` reads. Concurrent reads of one secret share one call, because a
 * cold container handles a batch of callbacks at once.
 */
export function keepSecrets(
  read: (secretId: string) => Promise<string>,
  clock: () => number,
  kept: Map<string, KeptSecret> = new Map(),
): Reader {
  const underWay = new Map<string, Promise<string>>()
  const failed = new Map<string, { error: unknown; at: number }>()

  const fetchSecret = async (secretId: string): Promise<string> => {
    try {
      const text = await read(secretId)
      kept.set(secretId, { text, readAt: clock() })
      return text
    } catch (error) {
      failed.set(secretId, { error, at: clock() })
      throw error
    }
  }

  return async (secretId, { fresh = false, holdFailure = false } = {}) => {
    const known = kept.get(secretId)
    if (known !== undefined && clock() - known.readAt < (fresh ? freshMilliseconds : keptMilliseconds))
      return known.text
    const failure = failed.get(secretId)
    if (holdFailure && failure !== undefined && clock() - failure.at < freshMilliseconds) throw failure.error
    const reading = underWay.get(secretId) ?? fetchSecret(secretId).finally(() => underWay.delete(secretId))
    underWay.set(secretId, reading)
    return reading
  }
}

/** Reads ThingSpace's credential sets from one secret: `{"<set>": {oauthKey, oauthSecret, username, password}}`. */
export const thingSpaceSecrets = (read: Reader, secretId: string): SecretSource => ({
  async thingSpaceSecret(credentialSet, options) {
    const sets = z.record(z.string(), ThingSpaceSecret).parse(JSON.parse(await read(secretId, options)))
    const secret = sets[credentialSet]
    if (secret === undefined) throw new Error(`the ThingSpace secret has no credential set "${credentialSet}"`)
    return secret
  },
})

/** Reads the listener's user name and passwords. */
export const listenerSecret = async (read: Reader, secretId: string, options?: { fresh: boolean }) =>
  parseListenerSecret(await read(secretId, options))

const parseListenerSecret = (text: string): ListenerSecret => ListenerSecret.parse(JSON.parse(text))

/**
 * Checks the credentials of callbacks against the listener's secret. If they look wrong, checks again with a freshly
 * read secret, because the password may have been rotated since this container read it. Otherwise a valid result would
 * be lost.
 */
export function listenerAuthenticator<Credentials, Authenticity extends string>(
  read: Reader,
  secretId: string,
  judge: (credentials: Credentials, secret: ListenerSecret) => Authenticity | 'wrong-credentials',
): (credentials: Credentials) => Promise<Authenticity | 'wrong-credentials'> {
  // Parse the secret once, not for each callback.
  let parsed: { text: string; secret: ListenerSecret } | undefined
  const secretNow = async (options?: { fresh: boolean; holdFailure: boolean }): Promise<ListenerSecret> => {
    const text = await read(secretId, options)
    if (parsed?.text !== text) parsed = { text, secret: parseListenerSecret(text) }
    return parsed.secret
  }
  return async (credentials) => {
    const judgement = judge(credentials, await secretNow())
    return judgement === 'wrong-credentials'
      ? judge(credentials, await secretNow({ fresh: true, holdFailure: true }))
      : judgement
  }
}

/** Writes the listener's secret. Containers with the old one cached read it again when a password looks wrong. */
export async function saveListenerSecret(secretId: string, secret: ListenerSecret): Promise<void> {
  await new SecretsManagerClient(awsClientOptions).send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(secret) }),
  )
}
