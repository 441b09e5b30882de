import { expect, test } from 'vitest'
import { createThingSpaceClient } from '../../lib/thingspace/client.ts'
import { createListeners } from '../../lib/thingspace/listener.ts'
import { lookUpRequestStatus } from '../../lib/thingspace/request-status.ts'
import { scriptedServer, type Step } from '../lib/thingspace/scripted-server.ts'
import { aSubmission, goodRecord, paths, world } from '../lib/thingspace/world.ts'
import { answersTo } from './answers.ts'

const accountName = '0000123456-00001'
const upstreamRequestId = 'd1f08526-5443-4054-9a29-4456490ea9f8'
const budgetMilliseconds = 5_000

type Written = { status: number; headers?: Record<string, string> | undefined; body: unknown }
const stepOf = ({ status, headers = {}, body }: Written): Step => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

async function setting(record = goodRecord()) {
  const server = await scriptedServer()
  server.on(paths.token, { status: 200, body: { access_token: 'bearer-2', expires_in: 3600 } })
  server.on(paths.login, { status: 200, body: { sessionToken: 'session-2' } })
  server.on(paths.revoke, { status: 200 })
  return { server, ...world(server, record) }
}

test.each(answersTo('order'))(
  'an order answered with $file has the documented outcome',
  async ({ answer, reading }) => {
    const { server, environment } = await setting()
    server.on(paths.enable, stepOf(answer), { status: 200, body: { requestId: 'upstream-2' } })

    const outcome = await createThingSpaceClient(environment()).submit(aSubmission())

    const renewed = reading.kind === 'renewed' ? reading.credential : undefined
    expect(outcome).toStrictEqual(
      renewed === undefined ? reading : { kind: 'accepted', upstreamRequestId: 'upstream-2' },
    )
    expect(server.at(paths.enable)).toHaveLength(renewed === undefined ? 1 : 2)
    expect(server.at(paths.login)).toHaveLength(renewed === 'session' ? 1 : 0)
    expect(server.at(paths.token)).toHaveLength(renewed === 'access-token' ? 1 : 0)
  },
)

test.each(answersTo('status', 'status-v1', 'status-v2'))(
  'a status call answered with $file returns the documented status',
  async ({ call, answer, reading }) => {
    const { server, environment } = await setting()
    for (const version of ['v1', 'v2']) {
      const isAnswered = call === 'status' || call === `status-${version}`
      server.on(
        `/m2m/${version}/accounts/${accountName}/requests/${upstreamRequestId}/status`,
        isAnswered ? stepOf(answer) : { status: 400, body: { errorCode: '400', errorMessage: 'not available' } },
      )
    }

    const found = await lookUpRequestStatus(environment(), { accountName, upstreamRequestId, budgetMilliseconds })

    expect(found).toEqual(reading)
  },
)

test.each(answersTo('token', 'login'))(
  'a renewal of credentials answered with $file has the documented outcome',
  async ({ call, answer, reading }) => {
    const { server, environment, store } = await setting(
      goodRecord(call === 'token' ? { accessToken: undefined } : { sessionToken: undefined }),
    )
    server.on(paths[call], stepOf(answer))

    const tokens = await environment().credentials.tokens('default', Date.now() + budgetMilliseconds)

    const { counted, ...outcome } = { counted: false, ...reading }
    expect(tokens).toMatchObject(outcome)
    expect(store.records.get('default')?.failedLogins).toBe(counted ? 1 : 0)
    expect(server.at(paths[call])).toHaveLength(1)
  },
)

test.each(answersTo('listener-register', 'listener-list', 'listener-deregister'))(
  'a listener call answered with $file has the documented outcome',
  async ({ call, answer, reading }) => {
    const { server, environment } = await setting()
    const path = `/m2m/v1/callbacks/${accountName}`
    server.on(call === 'listener-deregister' ? `${path}/name/CarrierService` : path, stepOf(answer))
    const listeners = createListeners({ ...environment(), budgetMilliseconds })
    const asked = {
      'listener-register': () =>
        listeners.register({ accountName, service: 'CarrierService', url: 'https://example.org/callbacks' }),
      'listener-list': () => listeners.list(accountName),
      'listener-deregister': () => listeners.deregister(accountName, 'CarrierService'),
    }

    const outcome = await asked[call]()

    expect(
      outcome.kind === 'listed'
        ? { kind: 'listed', services: outcome.registrations.map(({ serviceName }) => serviceName) }
        : outcome,
    ).toEqual(reading)
  },
)
