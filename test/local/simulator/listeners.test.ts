import { afterEach, beforeEach, expect, test } from 'vitest'
import { account, type Bench, startBench } from './bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench({ accounts: [account, '4 3TOM HPN2 S'] })
})
afterEach(() => bench.stop())

const register = (registration: object, accountName = account) =>
  bench.m2m('POST', `/v1/callbacks/${encodeURIComponent(accountName)}`, registration)

test('a registration is answered with the service name and listed with its password in plain text', async () => {
  const name = 'DeviceUsage'
  const url = 'https://listener.example/usage'
  expect((await register({ name, url, username: 'zaffod', password: 'drowssap' })).json).toEqual({
    accountName: account,
    serviceName: name,
  })
  const listed = (await bench.m2m('GET', `/v1/callbacks/${account}`)).json
  expect(listed).toContainEqual({
    accountName: account,
    serviceName: name,
    url,
    username: 'zaffod',
    password: 'drowssap',
  })
  expect(listed).toHaveLength(3)
})

test('a second registration of a service replaces the first', async () => {
  await register({ name: 'DeviceProfileService', url: 'http://listener.example/second' })
  const listed: Array<{ serviceName: string }> = (await bench.m2m('GET', `/v1/callbacks/${account}`)).json
  expect(listed.filter(({ serviceName }) => serviceName === 'DeviceProfileService')).toEqual([
    { accountName: account, serviceName: 'DeviceProfileService', url: 'http://listener.example/second' },
  ])
})

test('a registration is removed by its service name, once', async () => {
  const path = `/v1/callbacks/${account}/name/CarrierService`
  expect(await bench.m2m('DELETE', path)).toMatchObject({
    status: 200,
    json: { accountName: account, serviceName: 'CarrierService' },
  })
  expect((await bench.m2m('DELETE', path)).status).toBe(400)
})

test('an account name with spaces is read from the path', async () => {
  const reply = await register({ name: 'CarrierService', url: bench.listener.url }, '4 3TOM HPN2 S')
  expect(reply.json.accountName).toBe('4 3TOM HPN2 S')
  const foreign = await register({ name: 'CarrierService', url: bench.listener.url }, 'somebody-else')
  expect(foreign).toMatchObject({
    status: 400,
    json: { errorCode: 'UnifiedWebService.REQUEST_FAILED.AccountNotFound' },
  })
})

test.each([
  ['80', 200],
  ['443', 200],
  ['9001', 200],
  ['9006', 200],
  ['9007', 400],
  ['50551', 200],
  ['50560', 400],
  ['28220', 200],
  ['8080', 400],
])('a listener on another host with port %s is answered with %i', async (port, status) => {
  expect((await register({ name: 'CarrierService', url: `http://listener.example:${port}/` })).status).toBe(status)
})

test('a local listener needs a port that ThingSpace allows unless any port is allowed locally', async () => {
  const strict = await startBench({ anyListenerPort: 'never' })
  expect((await strict.m2m('GET', `/v1/callbacks/${account}`)).json).toEqual([])
  const url = 'http://127.0.0.1:9003/callbacks'
  expect((await strict.m2m('POST', `/v1/callbacks/${account}`, { name: 'CarrierService', url })).status).toBe(200)
  await strict.stop()
})

test.each([
  ['an unknown service', { name: 'NoService', url: 'http://listener.example/' }],
  ['no URL', { name: 'CarrierService' }],
  ['a URL of another scheme', { name: 'CarrierService', url: 'ftp://listener.example/' }],
  ['a password of 41 characters', { name: 'CarrierService', url: 'http://a.example/', password: 'x'.repeat(41) }],
  ['the password that logs in', { name: 'CarrierService', url: 'http://a.example/', password: 'simulator-password' }],
])('a registration with %s is refused', async (_what, registration) => {
  expect(await register(registration)).toMatchObject({
    status: 400,
    json: { errorCode: 'UnifiedWebService.REQUEST_FAILED.UnexpectedError' },
  })
})
