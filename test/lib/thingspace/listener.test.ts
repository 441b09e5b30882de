import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createListeners } from '../../../lib/thingspace/listener.ts'
import { hang, scriptedServer } from './scripted-server.ts'
import { paths, world } from './world.ts'

const accountName = '0252012345-00001'
const path = `/m2m/v1/callbacks/${accountName}`
const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/thingspace/answer.${name}.json`, import.meta.url), 'utf8')
const sessionExpired = { status: 400, body: { errorCode: 'X.REQUEST_FAILED.SessionToken.Expired' } }

async function setting() {
  const server = await scriptedServer()
  server.on(paths.login, { status: 200, body: { sessionToken: 'session-2' } })
  const { environment, log } = world(server)
  return { server, log, listeners: createListeners({ ...environment(), budgetMilliseconds: 5_000 }) }
}

test('registering a listener sends service, URL and credentials', async () => {
  const { server, listeners } = await setting()
  server.on(path, { status: 200, body: fixture('callback-register') })

  expect(
    await listeners.register({
      accountName,
      service: 'DeviceProfileService',
      url: 'https://example.org/callbacks',
      credentials: { username: 'u', password: 'p' },
    }),
  ).toEqual({ kind: 'registered' })
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    headers: { authorization: 'Bearer bearer-1', 'vz-m2m-token': 'session-1', 'content-type': 'application/json' },
  })
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
    name: 'DeviceProfileService',
    url: 'https://example.org/callbacks',
    username: 'u',
    password: 'p',
  })
})

test('the list of listeners tells whose credentials a registration has and hides the passwords', async () => {
  const { server, listeners, log } = await setting()
  server.on(path, { status: 200, body: fixture('callback-list') })

  const result = await listeners.list(accountName)

  if (result.kind !== 'listed') throw new Error(result.kind)
  const [carrier, usage] = result.registrations
  expect(carrier).toMatchObject({ accountName, serviceName: 'CarrierService' })
  expect(carrier?.url).toBe('http://10.120.102.147:50569/CallbackListener/Carrier.asmx')
  expect(carrier?.carries({ username: '', password: '' })).toBe(true)
  expect(usage?.carries({ username: 'zaffod', password: 'drowssap' })).toBe(true)
  expect(usage?.carries({ username: 'zaffod', password: 'another' })).toBe(false)
  expect(`${JSON.stringify(result)} ${inspect(result, { depth: 9 })} ${inspect(log.lines)}`).not.toContain('drowssap')
})

test('a list of listeners that cannot be read is an error without its content', async () => {
  const { server, listeners } = await setting()
  server.on(path, { status: 200, body: fixture('callback-list').slice(0, -8) })

  expect(await listeners.list(accountName)).toEqual({
    kind: 'failed',
    cause: 'unreadable-answer',
    error: { status: 200 },
  })
})

test('deregistering a listener deletes it by name, with a new session if needed', async () => {
  const { server, listeners } = await setting()
  server.on(`${path}/name/CarrierService`, sessionExpired, { status: 200, body: fixture('callback-deregister') })

  expect(await listeners.deregister(accountName, 'CarrierService')).toEqual({ kind: 'deregistered' })
  expect(server.received.map(({ method }) => method)).toEqual(['DELETE', 'POST', 'DELETE'])
})

test.each([
  [{ status: 400, body: { errorCode: 'X.REQUEST_FAILED.AccountNotFound', errorMessage: 'no' } }, 'refused'],
  [{ status: 503 }, 'unavailable'],
  [{ status: 500 }, 'unavailable'],
  [{ status: 429 }, 'throttled'],
])('a listener call answered with %j returns a failure and does not throw', async (answer, cause) => {
  const { server, listeners } = await setting()
  server.on(path, answer)

  expect(await listeners.list(accountName)).toMatchObject({ kind: 'failed', cause })
})

test('a listener call without a response returns a failure and does not throw', async () => {
  const { server } = await setting()
  server.on(path, hang)
  const listeners = createListeners({ ...world(server).environment(), budgetMilliseconds: 200 })

  expect(await listeners.list(accountName)).toMatchObject({ kind: 'failed', cause: 'no-answer' })
})

test('an account name is one encoded segment of the path', async () => {
  const { server, listeners } = await setting()

  await listeners.list('4 3TOM/HPN2')

  expect(server.received[0]?.path).toBe('/m2m/v1/callbacks/4%203TOM%2FHPN2')
})
