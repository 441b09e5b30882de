import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listen } from '../../local/listen.ts'
import { connectSecrets } from '../../lib/secrets.ts'

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

test('all who ask while a secret is being read get that one reading', async () => {
  calls = 0
  const read = connectSecrets(Date.now)

  const texts = await Promise.all(Array.from({ length: 50 }, async () => read('listener')))

  expect(new Set(texts)).toEqual(new Set(['value 1']))
  expect(calls).toBe(1)
})

test('a secret is read again after five minutes, or after ten seconds for who doubts it', async () => {
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
