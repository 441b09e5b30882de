import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod/mini'
import { awsClientOptions } from './aws-client.ts'
import { ListenerSecret } from './profile/listener/rotate-listener.ts'
import { type SecretSource, ThingSpaceSecret } from './thingspace/credentials/ports.ts'

/** How long a container believes what it has read; a rotated secret is in use everywhere after this. */
const keptMilliseconds = 5 * 60_000
/** A storm of forged callbacks must not become a storm of calls to Secrets Manager. */
const freshMilliseconds = 10_000

export type Reader = (secretId: string, options?: { fresh?: boolean }) => Promise<string>

/** Reads secrets from Secrets Manager. */
export function connectSecrets(clock: () => number): Reader {
  const client = new SecretsManagerClient(awsClientOptions)
  return keepSecrets(async (secretId) => {
    const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    if (text === undefined) throw new Error('a secret holds no text')
    return text
  }, clock)
}

export type KeptSecret = { text: string; readAt: number }

/**
 * Has secrets read once in five minutes per container; `fresh` makes that ten seconds, after a failure too. Who asks
 * while one is being read waits for that: a cold container has a batch of callbacks before it, and each of them asks.
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

  return async (secretId, { fresh = false } = {}) => {
    const known = kept.get(secretId)
    if (known !== undefined && clock() - known.readAt < (fresh ? freshMilliseconds : keptMilliseconds))
      return known.text
    const failure = failed.get(secretId)
    if (fresh && failure !== undefined && clock() - failure.at < freshMilliseconds) throw failure.error
    const reading = underWay.get(secretId) ?? fetchSecret(secretId).finally(() => underWay.delete(secretId))
    underWay.set(secretId, reading)
    return reading
  }
}

/** The credential sets of ThingSpace, from one secret: `{"<set>": {oauthKey, oauthSecret, username, password}}`. */
export const thingSpaceSecrets = (read: Reader, secretId: string): SecretSource => ({
  async thingSpaceSecret(credentialSet, options) {
    const sets = z.record(z.string(), ThingSpaceSecret).parse(JSON.parse(await read(secretId, options)))
    const secret = sets[credentialSet]
    if (secret === undefined) throw new Error(`there is no credential set "${credentialSet}"`)
    return secret
  },
})

/** The listener's user name and passwords. */
export const listenerSecret = async (read: Reader, secretId: string, options?: { fresh: boolean }) =>
  parseListenerSecret(await read(secretId, options))

const parseListenerSecret = (text: string): ListenerSecret => ListenerSecret.parse(JSON.parse(text))

/**
 * Judges a callback's credentials by the listener's secret. What looks wrong is judged once more by the secret as it is
 * now: the password may have been rotated since this container read it, and a result must not be lost over that.
 */
export function listenerAuthenticator<Credentials, Judgement extends string>(
  read: Reader,
  secretId: string,
  judge: (credentials: Credentials, secret: ListenerSecret) => Judgement | 'wrong-credentials',
): (credentials: Credentials) => Promise<Judgement | 'wrong-credentials'> {
  // Parsed once, not for each callback.
  let parsed: { text: string; secret: ListenerSecret } | undefined
  const secretNow = async (options?: { fresh: boolean }): Promise<ListenerSecret> => {
    const text = await read(secretId, options)
    if (parsed?.text !== text) parsed = { text, secret: parseListenerSecret(text) }
    return parsed.secret
  }
  return async (credentials) => {
    const judgement = judge(credentials, await secretNow())
    return judgement === 'wrong-credentials' ? judge(credentials, await secretNow({ fresh: true })) : judgement
  }
}

/** Writes the listener's secret. Whoever has the old one in memory finds the new one when a password looks wrong. */
export async function saveListenerSecret(secretId: string, secret: ListenerSecret): Promise<void> {
  await new SecretsManagerClient(awsClientOptions).send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(secret) }),
  )
}
