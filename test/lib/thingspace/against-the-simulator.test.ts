import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { CallbackReading } from '../../../lib/profile/request/callback.ts'
import { createAgent } from '../../../lib/thingspace/agent.ts'
import { readCallback } from '../../../lib/thingspace/callback/read-callback.ts'
import { createThingSpaceClient } from '../../../lib/thingspace/client.ts'
import { createCredentials } from '../../../lib/thingspace/credentials/credentials.ts'
import { createListeners } from '../../../lib/thingspace/listener.ts'
import { lookUpRequestStatus } from '../../../lib/thingspace/request-status.ts'
import { createThingSpaceSimulator } from '../../../local/simulator/simulator.ts'
import { fakeCredentialStore } from '../../fakes/credential-store.ts'
import { aSubmission, listeningLog } from './world.ts'

const accountName = '0000123456-00001'
const listener = { username: 'listener', password: 'listener-password' }
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** The simulator, a listener that reads its callbacks, and the gateway's ThingSpace clients. */
async function setting(password?: string) {
  const simulator = createThingSpaceSimulator({
    times: { callbackDelayMs: 10, finalDelayMs: 20, lateDelayMs: 40, redeliveryDelayMs: 20 },
  })
  const { baseUrl } = await simulator.start()
  const readings: CallbackReading[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      readings.push(readCallback(body))
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(
    () => simulator.stop(),
    () => server.close(),
  )

  const { oauthKey, oauthSecret, username, password: goodPassword } = simulator.settings
  const wire = {
    baseUrl: `${baseUrl}/api`,
    agent: createAgent(baseUrl, { maxSockets: 4 }),
    connectTimeoutMilliseconds: 1_000,
    now: Date.now,
    log: listeningLog(),
  }
  const secrets = {
    thingSpaceSecret: async () => ({ oauthKey, oauthSecret, username, password: password ?? goodPassword }),
  }
  const credentials = createCredentials({ ...wire, store: fakeCredentialStore(), secrets, random: Math.random, sleep })
  const deps = { ...wire, credentials, credentialSetFor: () => 'default', budgetMilliseconds: 5_000 }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { simulator, readings, deps, url, listeners: createListeners(deps), client: createThingSpaceClient(deps) }
}

const aDeviceEndingIn = (ending: string) => [
  [
    { kind: 'eid' as const, id: `8904903200000100000000000000${ending}` },
    { kind: 'iccid' as const, id: `8914800000084078${ending}` },
  ],
]

test('the client registers a listener, lists it, submits a request and is called back', async () => {
  const { listeners, client, simulator, readings, url } = await setting()
  expect(
    await listeners.register({ accountName, service: 'DeviceProfileService', url, credentials: listener }),
  ).toEqual({ kind: 'registered' })
  const listed = await listeners.list(accountName)
  if (listed.kind !== 'listed') throw new Error(listed.kind)
  expect(listed.registrations).toMatchObject([{ accountName, serviceName: 'DeviceProfileService', url }])
  expect(listed.registrations[0]?.carries(listener)).toBe(true)

  const outcome = await client.submit(aSubmission({ action: 'download_enable', devices: aDeviceEndingIn('0001') }))
  await simulator.idle()

  expect(outcome).toEqual({ kind: 'accepted', upstreamRequestId: simulator.submissions()[0]?.requestId })
  expect(readings).toMatchObject([
    {
      kind: 'understood',
      credentials: listener,
      callback: { upstreamRequestId: simulator.submissions()[0]?.requestId, verdict: 'succeeded' },
    },
  ])
  expect(await listeners.deregister(accountName, 'DeviceProfileService')).toEqual({ kind: 'deregistered' })
  expect(simulator.logins()).toHaveLength(1)
})

test.each([
  ['9002', ['warning', 'succeeded']],
  ['9003', ['warning']],
  ['9004', ['warning', 'failed']],
  ['9005', ['failed']],
  ['9006', ['failed']],
  ['9007', ['expired']],
  ['9008', ['failed']],
  ['9009', ['failed']],
  ['9010', ['failed']],
  ['9012', ['succeeded', 'warning']],
  ['9013', ['succeeded']],
  ['9014', ['succeeded']],
  ['9015', ['succeeded']],
  ['9021', ['succeeded']],
])('a device ending in %s: %j', async (ending, verdicts) => {
  const { listeners, client, simulator, readings, url } = await setting()
  await listeners.register({ accountName, service: 'DeviceProfileService', url, credentials: listener })

  await client.submit(aSubmission({ action: 'enable', devices: aDeviceEndingIn(ending) }))
  await simulator.idle()

  expect(
    readings.map((reading) => (reading.kind === 'understood' ? reading.callback.verdict : reading.reason)),
  ).toEqual(verdicts)
})

test('one callback that is delivered three times has one digest', async () => {
  const { listeners, client, simulator, readings, url } = await setting()
  await listeners.register({ accountName, service: 'DeviceProfileService', url, credentials: listener })

  await client.submit(aSubmission({ devices: aDeviceEndingIn('9011') }))
  await simulator.idle()

  expect(readings).toHaveLength(3)
  expect(new Set(readings.map((reading) => reading.kind === 'understood' && reading.callback.digest)).size).toBe(1)
})

test.each(['expired-session', 'expired-token', 'stuck-token'] as const)(
  'a day on which %s in the middle is repaired within the attempt and submits once',
  async (kind) => {
    const { client, simulator } = await setting()
    await client.submit(aSubmission())
    await simulator.setBadDays([{ kind, count: 1 }])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(simulator.submissions()).toHaveLength(2)
  },
)

test.each([
  ['reset-after-accept', { kind: 'unknown', cause: 'connection-lost' }],
  ['no-answer', { kind: 'unknown', cause: 'no-answer' }],
  ['500-accepted', { kind: 'unknown', cause: 'server-error' }],
  ['200-empty', { kind: 'unknown', cause: 'unreadable-answer' }],
  ['200-html', { kind: 'unknown', cause: 'unreadable-answer' }],
  ['503', { kind: 'not-accepted', cause: 'unavailable' }],
  ['429', { kind: 'not-accepted', cause: 'throttled' }],
  ['refuse-connections', { kind: 'not-accepted', cause: 'unreachable' }],
] as const)('the outcome on a day of %s says no more than is known', async (kind, outcome) => {
  const { client, simulator } = await setting()
  await client.submit(aSubmission())
  await simulator.setBadDays([{ kind }])

  expect(await client.submit(aSubmission({ budgetMilliseconds: 500 }))).toMatchObject(outcome)
  expect(simulator.submissions().length).toBe(outcome.kind === 'unknown' ? 2 : 1)
})

test('a wrong password is tried twice and never locks the account', async () => {
  const { client, simulator } = await setting('wrong')

  for (let turn = 0; turn < 6; turn += 1) {
    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'not-accepted', cause: 'credentials' })
  }

  expect(simulator.logins()).toHaveLength(2)
  expect(simulator.lockedUsers()).toEqual([])
})

test('the status of an activation can be queried', async () => {
  const { client, simulator, deps } = await setting()
  const outcome = await client.submit(aSubmission({ action: 'activate_enable', family: 'device', fields: {} }))
  await simulator.idle()
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind)

  const { upstreamRequestId } = outcome
  const found = await lookUpRequestStatus(deps, {
    accountName,
    upstreamRequestId,
    budgetMilliseconds: 2_000,
  })
  expect(found).toMatchObject({ kind: 'found', upstreamRequestId })
})
