import { expect, test } from 'vitest'
import { inspectListeners } from '../../lib/profile/listener/inspect-listener.ts'
import type { Registration } from '../../lib/profile/listener/registrations.ts'
import { credentialStore } from '../../lib/store/credentials/credentials.ts'
import { latchStore } from '../../lib/store/credentials/latches.ts'
import { fingerprintOf } from '../../lib/thingspace/credentials/login-latch.ts'
import { account, localBody } from '../builders.ts'
import { createWorld } from '../fakes/world.ts'
import { fakeTable } from '../lib/store/fake-table.ts'
import { opsBench } from './bench.ts'

const secret = { oauthKey: 'key', oauthSecret: 'secret', username: 'user', password: 'password' }

async function latched(failedLogins: number, { readable = true, current = secret } = {}) {
  const table = fakeTable()
  await credentialStore(table).save('default', 0, { epoch: 4, failedLogins, failedSecret: fingerprintOf(secret) })
  const dependencies = {
    store: latchStore(table),
    secrets: {
      thingSpaceSecret: async () => {
        if (!readable) throw new Error('AccessDenied')
        return current
      },
    },
  }
  const bench = opsBench(createWorld(), { latches: () => ({ credentialSets: ['default'], dependencies }) })
  return { ...bench, read: () => credentialStore(table).read('default') }
}

test.each([
  { state: 'open', failed: 1, options: {} },
  { state: 'closed', failed: 2, options: {} },
  { state: 'changed', failed: 2, options: { current: { ...secret, password: 'new' } } },
  { state: 'unknown', failed: 2, options: { readable: false } },
])('ops latch reports a latch that is $state', async ({ state, failed, options }) => {
  const { ops } = await latched(failed, options)

  const { data, text } = await ops('latch')

  expect(data).toEqual({ latches: [{ credentialSet: 'default', failedLogins: failed, epoch: 4, state }] })
  expect(text).not.toContain('password')
})

test('ops latch open clears the failed logins after confirmation', async () => {
  const { ops, read } = await latched(2)

  expect(await ops('latch open default', { says: false })).toMatchObject({ outcome: 'declined' })
  expect(await read()).toMatchObject({ failedLogins: 2 })

  expect(await ops('latch open default')).toMatchObject({ outcome: 'done' })
  expect(await read()).toEqual({ epoch: 4, failedLogins: 0 })
  expect(await ops('latch open default')).toMatchObject({ outcome: 'nothing' })
  await expect(ops('latch open nobody')).rejects.toThrow('no credential set "nobody"')
})

test('ops latch open does not open a latch that has changed meanwhile', async () => {
  const table = fakeTable()
  await credentialStore(table).save('default', 0, { epoch: 4, failedLogins: 2 })

  expect(await latchStore(table).openLatch('default', { epoch: 3, failedLogins: 2 })).toBe(false)
  expect(await latchStore(table).openLatch('other', { epoch: 0, failedLogins: 0 })).toBe(false)
  expect(await latchStore(table).readLatch('other')).toBeUndefined()
})

const ours = { username: 'us', password: 'today' }
const before = { username: 'us', password: 'yesterday' }
const registered = (serviceName: string, url: string, password: string): Registration => ({
  serviceName,
  url,
  carries: (credentials) => credentials.password === password,
})

test('ops listener compares each registration with the expected one and shows no password', async () => {
  const inspect = (...registrations: Registration[]) =>
    inspectListeners(account, {
      listeners: { list: async () => ({ kind: 'listed', registrations }) },
      urlFor: () => 'https://us/callbacks/segment/account',
      credentials: ours,
      previous: before,
    })
  const url = 'https://us/callbacks/segment/account'

  expect(
    await inspect(registered('DEVICEPROFILESERVICE', url, 'today'), registered('CarrierService', url, 'yesterday')),
  ).toMatchObject([
    { service: 'DeviceProfileService', state: 'current' },
    { service: 'CarrierService', state: 'previous-credentials' },
  ])
  const found = await inspect(registered('DeviceProfileService', 'https://them', 'x'))
  expect(found).toMatchObject([{ state: 'other-address', url: 'https://them' }, { state: 'absent' }])
  expect(JSON.stringify(found)).not.toContain('today')
})

test('ops listener served shows accounts that are not served, with their open requests', async () => {
  const world = createWorld()
  await world.order('enable', localBody())
  const record = { accountName: 'mine', checkedAt: world.now(), state: 'current' }
  for (const service of ['DeviceProfileService', 'CarrierService']) {
    await world.store.saveListener({ ...record, service, known: { state: 'current', at: world.now() } })
  }

  const { outcome, data, notes } = await opsBench(world, { accounts: () => ['mine', 'new'] }).ops('listener served')

  expect(outcome).toBe('failed')
  expect(data).toMatchObject({
    accounts: [
      { accountName: 'mine', services: [{ orders: 'served' }, { orders: 'served' }], openRequests: [] },
      { accountName: 'new', services: [{ orders: 'refused', reason: 'never-registered' }, {}] },
      { accountName: account, isConfigured: false, openRequests: ['id-1'] },
    ],
  })
  expect(notes).toContain('id-1')
  expect(await opsBench(createWorld()).ops('listener served')).toMatchObject({ outcome: 'done' })
})

test('ops listener repair asks, registers, and leaves another address unless --take-over is given', async () => {
  let state: 'other-address' | 'current' = 'other-address'
  const repaired: boolean[] = []
  const { ops } = opsBench(createWorld(), {
    accounts: () => [account],
    listeners: async () => ({
      inspect: async (accountName) => [{ accountName, service: 'CarrierService', state, url: 'https://them' }],
      repair: async (_accounts, { takeOver }) => {
        repaired.push(takeOver)
        state = 'current'
        return { current: 0, repaired: 1, absent: 0, 'other-address': 0, 'old-credentials': 0, 'not-known': 0 }
      },
      shownUrl: () => '***',
    }),
  })

  expect(await ops('listener')).toMatchObject({ outcome: 'failed' })
  expect(await ops('listener repair')).toMatchObject({ outcome: 'nothing' })
  expect(await ops('listener repair --take-over', { says: false })).toMatchObject({ outcome: 'declined' })
  expect(await ops('listener repair --take-over')).toMatchObject({ outcome: 'done' })
  expect(repaired).toEqual([true])
})
