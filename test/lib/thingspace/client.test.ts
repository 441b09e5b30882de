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

describe('a submission to ThingSpace', () => {
  test("has ThingSpace's own body, both credentials and a single slash in its URL", async () => {
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

  test('keeps account and devices, whatever the other fields are', async () => {
    const { server, client } = await setting([accepted])

    await client.submit(aSubmission({ fields: { accountName: 'another', devices: [] } }))

    expect(server.received[0]?.body).toContain('"accountName":"0000123456-00001"')
    expect(server.received[0]?.body).toContain('89049032000001000000000000000001')
  })

  test('contains 1,000 devices in one call', async () => {
    const { server, client } = await setting([accepted])
    const devices = Array.from({ length: 1_000 }, (_, index) => [
      { kind: 'iccid' as const, id: String(10 ** 18 + index) },
    ])

    expect(await client.submit(aSubmission({ devices }))).toMatchObject({ kind: 'accepted' })
    expect(JSON.parse(server.received[0]?.body ?? '').devices).toHaveLength(1_000)
  })
})

describe('a submission with a refused credential', () => {
  test('logs in once and is sent again once if the session has expired', async () => {
    const { server, client, store } = await setting([sessionExpired, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.login)).toHaveLength(1)
    expect(server.at(paths.enable).map(({ headers }) => headers['vz-m2m-token'])).toEqual(['session-1', 'session-2'])
    expect(store.records.get('default')).toMatchObject({ epoch: 2, sessionToken: 'session-2' })
  })

  test('gets another token without a login and is sent again once if the bearer token has expired', async () => {
    const { server, client } = await setting([bearerExpired, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.enable).map(({ headers }) => headers.authorization)).toEqual([
      'Bearer bearer-1',
      'Bearer bearer-2',
    ])
    expect(server.at(paths.login)).toEqual([])
  })

  test('is not accepted after a second refusal and is not sent a third time', async () => {
    const { server, client } = await setting([sessionExpired])

    expect(await client.submit(aSubmission())).toMatchObject({
      kind: 'not-accepted',
      cause: 'credentials',
      error: { status: 400, code: 'REQUEST_FAILED.SessionToken.Expired' },
    })
    expect(server.at(paths.enable)).toHaveLength(2)
    expect(server.at(paths.login)).toHaveLength(1)
  })

  test('gets a new session if a new bearer token does not help after a bare 401', async () => {
    const { server, client } = await setting([{ status: 401 }, { status: 401 }, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.enable).at(-1)?.headers['vz-m2m-token']).toBe('session-2')
  })

  test('renews both within one attempt if token and session have expired', async () => {
    const { server, client } = await setting([bearerExpired, sessionExpired, accepted])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'accepted' })
    expect(server.at(paths.enable)).toHaveLength(3)
  })

  test('is unknown if the second call gets no response', async () => {
    const { server, client } = await setting([sessionExpired, reset])

    expect(await client.submit(aSubmission())).toMatchObject({ kind: 'unknown', cause: 'connection-lost' })
    expect(server.at(paths.enable)).toHaveLength(2)
  })

  test('logs in once if two environments find the same session expired', async () => {
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

describe('a harmless call', () => {
  const callbacks = '/m2m/v1/callbacks/0000123456-00001'
  const asked = async (...steps: Step[]) => {
    const { server, client } = await setting([])
    server.on(callbacks, ...steps)
    const answers = await client.answers({ accountName: '0000123456-00001', budgetMilliseconds: 500 })
    return { answers, calls: server.at(callbacks) }
  }

  test.each<[string, Step, boolean]>([
    ['a list', { status: 200, body: [] }, true],
    ['a refusal', { status: 400, body: { errorCode: 'UnifiedWebService.REQUEST_FAILED.AccountNotFound' } }, true],
    ['429', { status: 429, headers: { 'retry-after': '3' } }, false],
    ['500', { status: 500, body: '<html>' }, false],
    ['503', { status: 503 }, false],
    ['a reset', reset, false],
    ['no answer', hang, false],
  ])('that gets %s says whether ThingSpace takes calls', async (_name, step, expected) => {
    const { answers, calls } = await asked(step)
    expect(answers).toBe(expected)
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ method: 'GET', body: '' })
  })

  test('says no if the credentials are refused again after a renewal', async () => {
    const { answers } = await asked(sessionExpired, sessionExpired)
    expect(answers).toBe(false)
  })
})

describe('a submission that fails', () => {
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
  ])('with %s is posted once', async (_name, step, outcome) => {
    const { server, client } = await setting([step])

    expect(await client.submit(aSubmission({ budgetMilliseconds: 500 }))).toMatchObject(outcome)
    expect(server.at(paths.enable)).toHaveLength(1)
  })

  test('because no server listens is not accepted', async () => {
    const { environment } = await setting([])
    const baseUrl = `http://127.0.0.1:${await closedPort()}`

    expect(await createThingSpaceClient({ ...environment(), baseUrl }).submit(aSubmission())).toMatchObject({
      kind: 'not-accepted',
      cause: 'unreachable',
    })
  })

  test('because of a closed login latch is not accepted and not sent', async () => {
    const { server, client } = await setting([accepted], goodRecord({ sessionToken: undefined }))
    server.on(paths.login, { status: 400, body: { errorCode: 'X.INPUT_INVALID.Password.Invalid' } })

    for (let turn = 0; turn < 4; turn += 1) {
      expect(await client.submit(aSubmission())).toMatchObject({ kind: 'not-accepted', cause: 'credentials' })
    }
    expect(server.at(paths.login)).toHaveLength(2)
    expect(server.at(paths.enable)).toEqual([])
  })

  test('stays within its budget even while it waits for credentials', async () => {
    const { client } = await setting(
      [accepted],
      goodRecord({ sessionToken: undefined, leaseUntil: Date.now() + 60_000 }),
    )
    const startedAt = Date.now()

    expect(await client.submit(aSubmission({ budgetMilliseconds: 500 }))).toMatchObject({ cause: 'credentials' })
    expect(Date.now() - startedAt).toBeLessThan(3_000)
  })
})

test('the client logs outcomes and never a body, a token or a password', async () => {
  const { client, log } = await setting([sessionExpired, accepted])

  await client.submit(aSubmission())

  expect(log.lines.map(({ message }) => message)).toEqual([
    'thingspace refused a credential',
    'thingspace credentials renewed',
  ])
  expect(JSON.stringify(log.lines)).not.toMatch(/sentinel|bearer-\d|session-\d|8904903200000|89148000/)
})

test('an account uses the credential set in CREDENTIAL_SETS, or else the default set', () => {
  const setFor = credentialSetFor({ '0000123456-00002': 'second' })

  expect([setFor('0000123456-00002'), setFor('0000123456-00001'), setFor('__proto__')]).toEqual([
    'second',
    'default',
    'default',
  ])
})
