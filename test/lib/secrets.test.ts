import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listen } from '../../local/listen.ts'
import { connectSecrets, keepSecrets, listenerAuthenticator } from '../../lib/secrets.ts'
import { authenticateCallback } from '../../lib/thingspace/callback/credentials.ts'
import type { CallbackCredentials } from '../../lib/profile/request/callback.ts'

let calls = 0
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    calls += 1
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ Name: 'listener', SecretString: `value ${calls}` }))
  })
})

beforeAll(async () => {
  const port = await listen(server, { port: 0, setting: '', what: 'secrets' })
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${port}`)
})
afterAll(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
})

test('concurrent readers of a secret share one call', async () => {
  calls = 0
  const read = connectSecrets(Date.now)

  const texts = await Promise.all(Array.from({ length: 50 }, async () => read('listener')))

  expect(new Set(texts)).toEqual(new Set(['value 1']))
  expect(calls).toBe(1)
})

test('a secret is read again after five minutes, or after ten seconds if a caller asks for a fresh value', async () => {
  calls = 0
  let now = 0
  const read = connectSecrets(() => now)

  expect(await read('listener')).toBe('value 1')
  now = 11_000
  expect(await read('listener')).toBe('value 1')
  expect(await read('listener', { fresh: true })).toBe('value 2')
  now += 5 * 60_000
  expect(await read('listener')).toBe('value 3')
})

test('a fresh read is repeated after a failure, unless its caller wants failures held', async () => {
  let reads = 0
  const read = keepSecrets(
    async () => {
      reads += 1
      if (reads === 1) throw new Error('throttled')
      return 'text'
    },
    () => 0,
  )

  await expect(read('listener', { fresh: true, holdFailure: true })).rejects.toThrow('throttled')
  await expect(read('listener', { fresh: true, holdFailure: true })).rejects.toThrow('throttled')
  expect(reads).toBe(1)
  expect(await read('listener', { fresh: true })).toBe('text')
})

/** Checks 600 callbacks with a wrong password within a minute, two at a time, against a secret that `read` returns. */
async function flood(read: (secretId: string) => Promise<string>) {
  let now = 0
  const reads: number[] = []
  const counted = async (secretId: string) => {
    reads.push(now)
    return read(secretId)
  }
  const judge = listenerAuthenticator(
    keepSecrets(counted, () => now),
    'listener',
    (given: CallbackCredentials, secret) => authenticateCallback(given, { ...secret, requireCredentials: false }),
  )
  await judge({ username: 'listener', password: 'right' })
  const judgements: PromiseSettledResult<string>[] = []
  for (; now < 60_000; now += 200) {
    const guesses = [1, 2].map((guess) => judge({ username: 'listener', password: `guess ${guess}` }))
    judgements.push(...(await Promise.allSettled(guesses)))
  }
  return { reads, judgements, atTheEnd: judge({ username: 'listener', password: 'right' }) }
}

const secret = JSON.stringify({ username: 'listener', current: 'right' })

test('a flood of wrong passwords causes one read of the secret every ten seconds', async () => {
  const { reads, judgements } = await flood(async () => secret)

  expect(reads).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000])
  expect(judgements).toHaveLength(600)
  expect(new Set(judgements.map((each) => each.status === 'fulfilled' && each.value))).toEqual(
    new Set(['wrong-credentials']),
  )
})

test('a flood of wrong passwords causes no more reads while the secret is unavailable, and no password is checked against an old secret', async () => {
  let readings = 0
  const { reads, judgements, atTheEnd } = await flood(async () => {
    readings += 1
    if (readings > 1) throw new Error('throttled')
    return secret
  })

  expect(reads).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000])
  const afterTenSeconds = judgements.slice(100)
  expect(new Set(afterTenSeconds.map(({ status }) => status))).toEqual(new Set(['rejected']))
  expect(await atTheEnd).toBe('authentic')
})
