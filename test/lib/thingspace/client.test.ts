import { describe, expect, test } from 'vitest'
import { createThingSpaceClient } from '../../../lib/thingspace/client.ts'
import { credentialSetFor } from '../../../lib/thingspace/credentials/credential-set.ts'
import { closedPort, hang, reset, scriptedServer, type Step } from './scripted-server.ts'
import { aSubmission, goodRecord, paths, world } from './world.ts'

const accepted = { status: 200, body: { requestId: 'upstream-1' } }
const sessionExpired = {
  status: 400,
  body: { errorCode: 'UnifiedWebService.REQUEST_FAILED.SessionToken.Expired', errorMessage: 'idle' },
}
const bearerExpired = { status: 401, body: { fault: { code: '900901', message: 'Invalid Credentials' } } }

async function setting(steps: Step[], record = goodRecord()) {
  const server = await scriptedServer()
  server.on(paths.enable, ...steps)
  server.on(paths.token, { status: 200, body: { access_token: 'bearer-2', expires_in: 3600 } })
  server.on(paths.login, { status: 200, body: { sessionToken: 'session-2' } })
  server.on(paths.revoke, { status: 200 })
  const around = world(server, record)
  return { server, ...around, client: createThingSpaceClient(around.environment()) }
}

describe('the request on the wire', () => {
  test('is ThingSpace’s own body, with both credentials and one slash', async () => {
    const { server, client } = await setting([accepted])

    expect(await client.submit(aSubmission())).toEqual({ kind: 'accepted', upstreamRequestId: 'upstream-1' })
    const [call] = server.received
    expect(call).toMatchObject({
      method: 'POST',
      path: '/m2m/v1/devices/profile/actions/enable',
      headers: { authorization: 'Bearer bearer-1', 'vz-m2m-token': 'session-1', 'content-type': 'application/json' },
    })
    expect(JSON.parse(call?.body ?? '')).toEqual({
      devices: [
        {
          deviceIds: [
            { id: '89049032000001000000000000000001', kind: 'eid' },
            { id: '89148000000840784251', kind: 'iccid' },
          ],
        },
      ],
      accountName: '0000123456-00001',
      smsrOid: '1.3.6.1',
    })
  })

  test('no field can replace the account or the devices', async () => {
    const { server, client } = await setting([accepted])

    await client.submit(aSubmission({ fields: { accountName: 'another', devices: [] } }))

    expect(server.received[0]?.body).toContain('"accountName":"0000123456-00001"')
    expect(server.received[0]?.body).toContain('89049032000001000000000000000001')
  })

  test('1,000 devices go in one piece', async () => {
    const { server, client } = await setting([accepted])
    const devices = Array.from({ length: 1_000 }, (_, index) => [
      { kind: 'iccid' as const, id: String(10 ** 18 + index) },
    ])

    expect(await client.submit(aSubmission({ devices }))).toMatchObject({ kind: 'accepted' })
    expect(JSON.parse(server.received[0]?.body ?? '').devices).toHaveLength(1_000)
  })
})

describe('a refused credential', () => {
  test('an expired session: one login, one repeat', async () => {
    const { server, client, store } = await setting([sessionExpired, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.login)).toHaveLength(1)
    expect(server.at(paths.enable).map(({ headers }) => headers['vz-m2m-token'])).toEqual(['session-1', 'session-2'])
    expect(store.records.get('default')).toMatchObject({ epoch: 2, sessionToken: 'session-2' })
  })

  test('an expired bearer: another token, one repeat, no login', async () => {
    const { server, client } = await setting([bearerExpired, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.enable).map(({ headers }) => headers.authorization)).toEqual([
      'Bearer bearer-1',
      'Bearer bearer-2',
    ])
    expect(server.at(paths.login)).toEqual([])
  })

  test('refused twice: not accepted, and no third try', async () => {
    const { server, client } = await setting([sessionExpired])

    expect(await client.submit(aSubmission())).toMatchObject({
      kind: 'not-accepted',
      cause: 'credentials',
      error: { status: 400, code: 'REQUEST_FAILED.SessionToken.Expired' },
    })
    expect(server.at(paths.enable)).toHaveLength(2)
    expect(server.at(paths.login)).toHaveLength(1)
  })

  test('a bare 401 that a new bearer does not mend: a new session is tried', async () => {
    const { server, client } = await setting([{ status: 401 }, { status: 401 }, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.enable).at(-1)?.headers['vz-m2m-token']).toBe('session-2')
  })

  test('a token and a session that have both expired are both renewed within one attempt', async () => {
    const { server, client } = await setting([bearerExpired, sessionExpired, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.enable)).toHaveLength(3)
  })

  test('a repeat that is lost is unknown', async () => {
    const { server, client } = await setting([sessionExpired, reset])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'unknown', cause: 'connection-lost' })
    expect(server.at(paths.enable)).toHaveLength(2)
  })

  test('two environments with one dead session log in once and both go on', async () => {
    const server = await scriptedServer()
    server.on(paths.enable, ({ headers }, response) => {
      const good = headers['vz-m2m-token'] === 'session-2'
      const { status, body } = good ? accepted : sessionExpired
      response.writeHead(status).end(JSON.stringify(body))
    })
    server.on(paths.login, { status: 200, body: { sessionToken: 'session-2' } })
    const { environment } = world(server)
    const clients = Array.from({ length: 20 }, () => createThingSpaceClient(environment()))

    const outcomes = await Promise.all(clients.map((client) => client.submit(aSubmission())))

    expect(outcomes.map(({ kind }) => kind)).toEqual(clients.map(() => 'accepted'))
    expect(server.at(paths.login)).toHaveLength(1)
  })
})

describe('the classes of failure', () => {
  test.each<[string, Step, object]>([
    ['a refusal', { status: 400, body: { errorCode: 'X.REQUEST_FAILED.DeviceNotFound' } }, { kind: 'refused' }],
    ['XML', { status: 403, body: '<am:fault><am:code>404</am:code></am:fault>' }, { kind: 'refused' }],
    ['429', { status: 429, headers: { 'retry-after': '3' } }, { cause: 'throttled', retryAfterSeconds: 3 }],
    ['503', { status: 503 }, { kind: 'unknown', cause: 'server-error' }],
    [
      '503 with a Retry-After',
      { status: 503, headers: { 'retry-after': '3' } },
      { kind: 'not-accepted', cause: 'unavailable', retryAfterSeconds: 3 },
    ],
    ["a load balancer's 404", { status: 404, body: '<html>' }, { kind: 'not-accepted', cause: 'unavailable' }],
    ['500', { status: 500, body: '<html>' }, { kind: 'unknown', cause: 'server-error' }],
    ['an empty 200', { status: 200 }, { kind: 'unknown', cause: 'unreadable-answer' }],
    ['a truncated 200', { status: 200, body: '{"requestId":"u' }, { kind: 'unknown', cause: 'unreadable-answer' }],
    ['a reset', reset, { kind: 'unknown', cause: 'connection-lost' }],
    ['no answer', hang, { kind: 'unknown', cause: 'no-answer' }],
  ])('%s is posted once', async (_name, step, outcome) => {
    const { server, client } = await setting([step])

    expect(await client.submit(aSubmission({ budgetMilliseconds: 500 }))).toMatchObject(outcome)
    expect(server.at(paths.enable)).toHaveLength(1)
  })

  test('nobody at the other end: not accepted', async () => {
    const { environment } = await setting([])
    const baseUrl = `http://127.0.0.1:${await closedPort()}`

    expect(await createThingSpaceClient({ ...environment(), baseUrl }).submit(aSubmission())).toMatchObject({
      kind: 'not-accepted',
      cause: 'unreachable',
    })
  })

  test('a latched account: not accepted, nothing sent', async () => {
    const { server, client } = await setting([accepted], goodRecord({ sessionToken: undefined }))
    server.on(paths.login, { status: 400, body: { errorCode: 'X.INPUT_INVALID.Password.Invalid' } })

    for (let turn = 0; turn < 4; turn += 1) {
      expect(await client.submit(aSubmission())).toMatchObject({ kind: 'not-accepted', cause: 'credentials' })
    }
    expect(server.at(paths.login)).toHaveLength(2)
    expect(server.at(paths.enable)).toEqual([])
  })

  test('the budget holds although credentials are waited for', async () => {
    const { client } = await setting(
      [accepted],
      goodRecord({ sessionToken: undefined, leaseUntil: Date.now() + 60_000 }),
    )
    const startedAt = Date.now()

    expect(await client.submit(aSubmission({ budgetMilliseconds: 500 }))).toMatchObject({ cause: 'credentials' })
    expect(Date.now() - startedAt).toBeLessThan(900)
  })
})

test('the log tells outcomes and never a body, a token or a password', async () => {
  const { client, log } = await setting([sessionExpired, accepted])

  await client.submit(aSubmission())

  expect(log.lines.map(({ message }) => message)).toEqual([
    'thingspace refused a credential',
    'thingspace credentials renewed',
  ])
  expect(JSON.stringify(log.lines)).not.toMatch(/sentinel|bearer-\d|session-\d|8904903200000|89148000/)
})

test('an account belongs to the set the mapping names, else to the default', () => {
  const setFor = credentialSetFor({ '0000123456-00002': 'second' })

  expect([setFor('0000123456-00002'), setFor('0000123456-00001'), setFor('__proto__')]).toEqual([
    'second',
    'default',
    'default',
  ])
})
