import { describe, expect, test } from 'vitest'
import { account, apiEvent, eidOf, iccidOf, imeiOf, localBody, someDevices, submitEvent } from '../builders.ts'
import { transactionConflict } from '../fakes/dynamodb/errors.ts'
import {
  acceptsInSilence,
  isDown,
  isUnreachable,
  losesTheCall,
  type Reaction,
  refuses,
  refusesCredentials,
  refusesOneDevice,
  throttles,
} from '../fakes/thing-space.ts'
import { createWorld } from '../fakes/world.ts'

const eid = { kind: 'eid', id: eidOf(1) }
const iccid = { kind: 'iccid', id: iccidOf(1) }
const imei = { kind: 'imei', id: imeiOf(1) }
const bodyWith = (deviceIds: { kind: string; id: string }[], members: Record<string, unknown> = {}) => ({
  devices: [{ deviceIds }],
  accountName: account,
  ...members,
})

describe('submit-profile-action accepts an order', () => {
  test.each([
    { family: 'local', action: 'enable', body: localBody(), fields: { smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5' } },
    { family: 'device', action: 'activate_enable', body: bodyWith([imei], { mdnZipCode: '98801' }) },
    { family: 'global', action: 'download', body: bodyWith([eid, iccid], { servicePlan: 'plan' }) },
    { family: 'consumer', action: 'renew_activation_code', body: bodyWith([imei, iccid]) },
  ])('of the $family family', async ({ family, action, body }) => {
    const world = createWorld()

    const answer = await world.submit(action, body)

    const { devices, accountName, ...fields } = body
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: '/v1/requests/id-1', 'retry-after': '5', 'content-type': 'application/json' },
      body: {
        requestId: 'id-1',
        action,
        family,
        accountName,
        status: 'submitted',
        final: false,
        devices: { total: 1, pending: 1 },
        submissions: { total: 1, items: [{ state: 'submitted', upstreamRequestIds: ['upstream-1'] }] },
        next: { what: 'results' },
        links: { self: '/v1/requests/id-1', devices: '/v1/requests/id-1/devices' },
      },
    })
    expect(answer.headers).not.toHaveProperty('idempotent-replayed')
    expect(world.thingSpace.accepted).toMatchObject([
      { call: { action, family, accountName, fields, devices: devices.map(({ deviceIds }) => deviceIds) } },
    ])
    expect(await world.show('id-1')).toEqual(answer.body)
  })

  test("sent to ThingSpace's own path", async () => {
    const world = createWorld()

    const answer = await world.send(
      apiEvent({
        route: 'POST /m2m/v1/devices/profile/actions/{action}',
        path: { action: 'enable' },
        body: localBody(),
      }),
    )

    expect(answer).toMatchObject({ status: 202, headers: { location: '/v1/requests/id-1' } })
    expect(world.thingSpace.accepted).toHaveLength(1)
  })

  test('in a body that API Gateway passes on as base64', async () => {
    const world = createWorld()
    const event = submitEvent('enable', localBody(1, { smsrOid: '1.2.3' }))

    const answer = await world.send({
      ...event,
      body: Buffer.from(event.body ?? '').toString('base64'),
      isBase64Encoded: true,
    })

    expect(answer.status).toBe(202)
    expect(world.thingSpace.accepted).toMatchObject([{ call: { fields: { smsrOid: '1.2.3' } } }])
  })

  test('in bulk, and sends none of it within the call', async () => {
    const world = createWorld()

    const answer = await world.submit('enable', localBody(2_500))

    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'queued', devices: { total: 2_500, pending: 2_500 }, submissions: { total: 25, items: [] } },
    })
    expect(world.thingSpace.calls).toEqual([])
    expect(world.queue.sent.map(({ message }) => message)).toEqual([
      { kind: 'part', requestId: 'id-1', part: 0 },
      { kind: 'part', requestId: 'id-1', part: 1 },
      { kind: 'part', requestId: 'id-1', part: 2 },
    ])
  })

  test('in bulk while the queue is down, and expands it when the queue is up again', async () => {
    const world = createWorld()
    world.queue.isDown = true

    const { status } = await world.submit('enable', localBody(150))
    world.queue.isDown = false
    await world.pass(120)

    expect(status).toBe(202)
    expect(world.thingSpace.accepted.map(({ call }) => call.devices.length)).toEqual([100, 50])
  })
})

describe('an undocumented member of a body', () => {
  const body = localBody(2, { priority: { level: 7, note: '' } })
  const warnings = [{ pointer: '/priority', code: 'unknown-member', detail: 'not documented; forwarded unchanged' }]

  test('is forwarded unchanged and named as a warning, in the response to a repeat too', async () => {
    const world = createWorld()

    const first = await world.submit('enable', body, { key: 'order-1' })
    const again = await world.submit('enable', body, { key: 'order-1' })

    expect(first).toMatchObject({ status: 202, body: { status: 'submitted', warnings } })
    expect(again).toMatchObject({ status: 202, body: { warnings } })
    expect(world.thingSpace.accepted).toMatchObject([{ call: { fields: { priority: { level: 7, note: '' } } } }])
  })

  test.each(['constructor', 'toJSON', 'hasOwnProperty', 'valueOf', 'length', 'size', 'S', 'NULL'])(
    'may have the name %s, which has a meaning in JavaScript or DynamoDB, at any depth',
    async (name) => {
      const world = createWorld()
      const fields = { [name]: ' ', priority: { [name]: [{ [name]: 7 }] } }

      const { requestId } = await world.order('enable', localBody(150, fields))
      await world.settle()

      expect(world.thingSpace.accepted.map(({ call }) => call.fields)).toMatchObject([fields, fields])
      expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
    },
  )

  test('is sent with every submission of a bulk order', async () => {
    const world = createWorld()

    await world.submit('enable', {
      ...localBody(150, { priority: 7 }),
      devices: someDevices(150).map((device) => device.deviceIds),
    })
    await world.settle()

    expect(
      world.thingSpace.accepted.map(({ call }) => [call.devices.length, call.deviceShape, call.fields['priority']]),
    ).toEqual([
      [100, 'lists', 7],
      [50, 'lists', 7],
    ])
  })
})

describe('an order that may belong to several families', () => {
  test('is divided into submissions that are small enough for each of these families', async () => {
    const world = createWorld()
    const devices = someDevices(150)

    const uncertain = await world.order('activate', { devices, accountName: account, servicePlan: 'plan' })
    const certain = await world.order('deactivate', { devices, accountName: account, servicePlan: 'plan' })

    expect(uncertain).toMatchObject({ family: 'global', submissions: { total: 2 } })
    expect(certain).toMatchObject({ family: 'global', submissions: { total: 1 } })
  })
})

describe('an order that ThingSpace refuses', () => {
  const error = { status: 400, code: 'REQUEST_FAILED.DeviceNotFound', message: 'The device could not be found.' }

  test("is answered with a problem that carries ThingSpace's code and message, and stays readable as failed", async () => {
    const world = createWorld()
    world.thingSpace.will(refuses(error))

    const answer = await world.submit('enable', localBody())
    await world.settle()

    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        status: 400,
        code: 'refused-by-thingspace',
        retryable: false,
        requestId: 'id-1',
        instance: 'urn:request:http-1',
        upstream: error,
        errorCode: error.code,
        errorMessage: error.message,
      },
    })
    expect(await world.show('id-1')).toMatchObject({
      status: 'failed',
      final: true,
      next: null,
      devices: { failed: 1 },
      submissions: { items: [{ state: 'rejected', error }] },
    })
    expect(await world.devices('id-1')).toMatchObject([{ status: 'failed', error }])
    expect(world.topic.told()).toEqual(['device.failed failed 0', 'request.completed failed'])
    expect(world.thingSpace.accepted).toEqual([])
  })

  test('for what may be one of several devices is answered 202, because the other devices may still be accepted', async () => {
    const world = createWorld()
    world.thingSpace.will(refusesOneDevice())

    const answer = await world.submit('enable', localBody(3))

    expect(answer).toMatchObject({ status: 202, body: { status: 'retrying' } })
  })
})

describe('submit-profile-action answers 202', () => {
  test.each<{ about: string; reaction: Reaction; status: string; next: string; retryAfter: string }>([
    { about: 'it is down', reaction: isDown, status: 'retrying', next: 'retry', retryAfter: '4' },
    { about: 'it cannot be reached', reaction: isUnreachable, status: 'retrying', next: 'retry', retryAfter: '4' },
    { about: 'it throttles', reaction: throttles(30), status: 'retrying', next: 'retry', retryAfter: '30' },
    {
      about: 'the credentials are refused',
      reaction: refusesCredentials,
      status: 'retrying',
      next: 'retry',
      retryAfter: '4',
    },
    {
      about: 'its response is lost',
      reaction: acceptsInSilence,
      status: 'unconfirmed',
      next: 'repeat',
      retryAfter: '60',
    },
    {
      about: 'the call itself is lost',
      reaction: losesTheCall,
      status: 'unconfirmed',
      next: 'repeat',
      retryAfter: '60',
    },
  ])('when $about', async ({ reaction, status, next, retryAfter }) => {
    const world = createWorld()
    world.thingSpace.will(reaction)

    const answer = await world.submit('enable', localBody())

    expect(answer).toMatchObject({
      status: 202,
      headers: { 'retry-after': retryAfter },
      body: { status, final: false, next: { what: next } },
    })
    expect(await world.show('id-1')).toEqual(answer.body)
  })
})

describe('an unavailable table', () => {
  test('makes submit-profile-action answer 503 without storing or sending anything', async () => {
    const world = createWorld()
    world.faults.store = () => true

    const answer = await world.submit('enable', localBody())

    expect(answer).toMatchObject({
      status: 503,
      headers: { 'content-type': 'application/problem+json', 'retry-after': '5' },
      body: { code: 'not-stored', retryable: true, errorCode: 'ProfileGateway.not-stored' },
    })
    expect(world.items()).toEqual([])
    expect(world.thingSpace.calls).toEqual([])
    expect(world.queue.sent).toEqual([])
  })

  test('does not change the response once the order is stored', async () => {
    const world = createWorld()
    // The flow of calls and the device links are read and written before the order.
    world.faults.store = ({ number }) => number > 3

    const answer = await world.submit('download', bodyWith([eid, iccid]))

    expect(answer).toMatchObject({ status: 202, body: { status: 'submitting', next: { what: 'answer' } } })
    expect(world.thingSpace.accepted).toHaveLength(1)
  })

  test('makes submit-profile-action answer 503 if the device links cannot be written', async () => {
    const world = createWorld()
    world.faults.store = ({ command }) => command === 'BatchWriteCommand'

    const answer = await world.submit('enable', localBody())
    const sentBlindly = world.thingSpace.calls.length
    delete world.faults.store

    expect(answer).toMatchObject({ status: 503, body: { code: 'not-stored', retryable: true } })
    expect(world.requestIds()).toEqual([])
    expect(sentBlindly).toBe(0)
  })
})

describe('submit-profile-action refuses bad input with the place of the first error, and stores and sends nothing, for', () => {
  const badIccid = localBody(5)
  badIccid.devices[2]!.deviceIds[1]!.id = '8914800000000000000X'
  const cardOf = (id: string) => ({
    deviceIds: [
      { kind: 'eid', id: eidOf(77) },
      { kind: 'iccid', id },
    ],
  })
  const twice = localBody(3)
  twice.devices.push(twice.devices[1]!)
  const withMembers = (text: string) => `${JSON.stringify(localBody()).slice(0, -1)},${text}}`

  test.each<{
    about: string
    action?: string
    body: unknown
    headers?: Record<string, string>
    claims?: Record<string, string>
    status: number
    code: string
    error?: { pointer: string; code: string; detail?: string }
  }>([
    { about: 'an unknown action', action: 'explode', body: localBody(), status: 404, code: 'unknown-action' },
    {
      about: 'a missing EID',
      body: { ...localBody(), devices: [{ deviceIds: [iccid] }] },
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices/0/deviceIds', code: 'missing-identifier' },
    },
    {
      about: 'letters in an ICCID',
      body: badIccid,
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices/2/deviceIds/1/id', code: 'malformed-identifier' },
    },
    {
      about: '10,001 devices',
      body: localBody(10_001),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices', code: 'too-many-devices' },
    },
    { about: '6 MB', body: localBody(1, { smsrOid: '1'.repeat(6_000_000) }), status: 413, code: 'body-too-large' },
    {
      about: 'a device twice',
      body: twice,
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices/3', code: 'duplicate-device' },
    },
    {
      about: 'one card with and without its check digit',
      body: localBody(1, { devices: [cardOf('8914800000123456789'), cardOf('89148000001234567897')] }),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices/1', code: 'duplicate-device' },
    },
    {
      about: 'one card without its check digit after it was named with it',
      body: localBody(1, {
        devices: [...someDevices(2), cardOf('89148000001234567897'), cardOf('8914800000123456789')],
      }),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices/3', code: 'duplicate-device' },
    },
    {
      about: 'one modem with and without the check digit of its IMEI',
      action: 'activate',
      body: {
        devices: ['35000000000001', '350000000000012'].map((id) => ({ deviceIds: [{ kind: 'imei', id }] })),
        accountName: account,
      },
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices/1', code: 'duplicate-device' },
    },
    {
      about: 'a typing error in the name of a member',
      action: 'download_enable',
      body: bodyWith([eid, iccid], { smsrOId: '1.2.3', servicePlan: 'plan' }),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/smsrOId', code: 'unknown-member' },
    },
    ...[
      { action: 'enable', about: 'that only another family of the action has', member: { servicePlan: "O'Brien" } },
      { action: 'disable', about: 'that only other actions have', member: { servicePlan: "O'Brien" } },
      { action: 'disable', about: 'of five digits that only other actions have', member: { mdnZipCode: '987' } },
    ].map(({ action, about, member }) => ({
      about: `a value that ThingSpace refuses, in a member ${about}`,
      action,
      body: localBody(1, member),
      status: 400,
      code: 'invalid-body',
      error: { pointer: `/${Object.keys(member)[0]}`, code: 'invalid' },
    })),
    {
      about: 'half of a surrogate pair',
      action: 'download',
      body: bodyWith([eid, iccid], { servicePlan: 'plan \ud800' }),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/servicePlan', code: 'malformed-text' },
    },
    ...['0.30000000000000001', '9007199254740993', '-0', '1e-400', '-1e400', '1152921504606846976'].map((number) => ({
      about: `a number that would be sent as another one: ${number}`,
      body: withMembers(`"note":{"weights":[1.0,${number}]}`),
      status: 400,
      code: 'invalid-body',
      error: {
        pointer: '/note/weights/1',
        code: 'inexact-number',
        detail: 'the number cannot be forwarded exactly; send it as a string',
      },
    })),
    {
      about: 'two accounts',
      body: withMembers('"accountName":"0000654321-00001"'),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/accountName', code: 'named-twice' },
    },
    {
      about: 'a name that is written twice, once with an escape',
      body: withMembers(String.raw`"note":1,"not\u0065":2`),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/note', code: 'named-twice' },
    },
    {
      about: 'a device whose identifier is written twice',
      body: JSON.stringify(localBody(2)).replaceAll(`"id":"${eidOf(2)}"`, `"id":"${eidOf(3)}","id":"${eidOf(2)}"`),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices/1/deviceIds/0/id', code: 'named-twice' },
    },
    {
      about: 'no devices',
      body: localBody(0),
      status: 400,
      code: 'invalid-body',
      error: { pointer: '/devices', code: 'empty' },
    },
    {
      about: 'a body that is not an object',
      body: '[]',
      status: 400,
      code: 'invalid-body',
      error: { pointer: '', code: 'not-an-object' },
    },
    { about: 'a body that is not JSON', body: '{"devices": [', status: 400, code: 'malformed-json' },
    { about: 'no body', body: undefined, status: 400, code: 'malformed-json' },
    {
      about: 'a wrong content type',
      body: localBody(),
      headers: { 'content-type': 'text/plain' },
      status: 415,
      code: 'unsupported-media-type',
    },
    {
      about: 'an account of another caller',
      body: localBody(),
      claims: { accounts: '[0000654321-00001 0000777777-00001]' },
      status: 403,
      code: 'account-not-allowed',
    },
    {
      about: 'a token without accounts',
      body: localBody(),
      claims: { accounts: '[]' },
      status: 403,
      code: 'account-not-allowed',
    },
    {
      about: 'a malformed idempotency key',
      body: localBody(),
      headers: { 'idempotency-key': 'schlüssel' },
      status: 400,
      code: 'invalid-idempotency-key',
    },
  ])('$about', async ({ action = 'enable', body, headers = {}, claims = {}, status, code, error }) => {
    const world = createWorld()

    const answer = await world.submit(action, body, { headers, claims })

    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        status,
        code,
        type: expect.stringMatching(new RegExp(`/problems/${code}$`)),
        title: expect.any(String),
        detail: expect.any(String),
        instance: 'urn:request:http-1',
        retryable: false,
        errorCode: `ProfileGateway.${code}`,
        errorMessage: expect.any(String),
        ...(error === undefined ? {} : { errors: [error], errorCount: 1 }),
      },
    })
    expect(world.items()).toEqual([])
    expect(world.thingSpace.calls).toEqual([])
    expect(world.queue.sent).toEqual([])
  })

  test('bytes that are not UTF-8', async () => {
    const world = createWorld()
    const event = submitEvent('enable', undefined)
    const body = Buffer.from(JSON.stringify(localBody(1, { note: '~' })).replace('~', '\u00ff'), 'latin1')

    const answer = await world.send({ ...event, body: body.toString('base64'), isBase64Encoded: true })

    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-json', detail: 'the body is not UTF-8' } })
    expect(world.items()).toEqual([])
    expect(world.thingSpace.calls).toEqual([])
  })

  test('thirty errors: it counts all and names the first twenty', async () => {
    const world = createWorld()
    const devices = someDevices(30).map(({ deviceIds }) => ({ deviceIds: deviceIds.slice(1) }))

    const answer = await world.submit('enable', localBody(1, { devices }))

    const { errors, errorCount } = answer.body as { errors: { pointer: string }[]; errorCount: number }
    expect(errorCount).toBe(30)
    expect(errors.map(({ pointer }) => pointer)).toEqual(
      Array.from({ length: 20 }, (_, at) => `/devices/${at}/deviceIds`),
    )
    expect(world.items()).toEqual([])
  })
})

test.each([
  { about: 'ThingSpace accepts it', reaction: undefined, status: 'submitted' },
  { about: 'its response is lost', reaction: acceptsInSilence, status: 'unconfirmed' },
  { about: 'it is down', reaction: isUnreachable, status: 'retrying' },
])('response, list and device history all show the status $status when $about', async ({ reaction, status }) => {
  const world = createWorld()
  if (reaction !== undefined) world.thingSpace.will(reaction)
  const order = await world.order('enable', localBody())

  const list = await world.get('/v1/requests', { query: { accountName: account } })
  const filtered = await world.get('/v1/requests', { query: { accountName: account, status } })
  const history = await world.get('/v1/devices/{kind}/{id}/requests', { path: eid })

  expect(order.status).toBe(status)
  expect(list.body).toMatchObject({ items: [{ requestId: order.requestId, status }] })
  expect(filtered.body).toMatchObject({ items: [{ requestId: order.requestId, status }] })
  expect(history.body).toMatchObject({ items: [{ request: { status } }] })
})

test('GET /v1/requests/{requestId} accepts the id in upper case', async () => {
  const world = createWorld()
  const order = await world.order('enable', localBody(), { key: 'order-1' })

  const upper = order.requestId.toUpperCase()

  expect(upper).not.toBe(order.requestId)
  expect(await world.show(upper)).toEqual(await world.show(order.requestId))
  expect(await world.devices(upper)).toEqual(await world.devices(order.requestId))
})

describe('an Idempotency-Key', () => {
  test('creates one request for several concurrent calls, and the others replay it', async () => {
    const world = createWorld()

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => world.submit('enable', localBody(), { key: 'one-moment' })),
    )

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202])
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(4)
    expect(world.requestIds()).toHaveLength(1)
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('is accepted although the commit is cancelled twice by another transaction', async () => {
    const world = createWorld()
    let conflicts = 2
    world.faults.store = ({ command }) => {
      if (command === 'TransactWriteCommand' && conflicts-- > 0) throw transactionConflict(2)
      return false
    }

    const answer = await world.submit('enable', localBody(), { key: 'conflicts' })

    expect(answer).toMatchObject({ status: 202, body: { status: 'submitted' } })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  const key = '"8e03978e-40d5-43e8-bc93-6894a57f9324"'

  test.each([
    { about: 'the same body', body: localBody(2), sent: key },
    { about: 'the same key without its quotes', body: localBody(2), sent: key.replaceAll('"', '') },
    {
      about: 'another order of the identifiers of each device',
      body: {
        ...localBody(2),
        devices: someDevices(2).map(({ deviceIds }) => ({ deviceIds: deviceIds.toReversed() })),
      },
      sent: key,
    },
    {
      about: 'another way of writing the devices',
      body: { ...localBody(2), devices: someDevices(2).map(({ deviceIds }) => deviceIds) },
      sent: key,
    },
    {
      about: 'another order of members and another casing of kinds',
      body: {
        smsrOid: localBody().smsrOid,
        accountName: account,
        devices: someDevices(2).map(({ deviceIds }) => ({
          deviceIds: deviceIds.map(({ id, kind }) => ({ id, kind: kind.toUpperCase() })),
        })),
      },
      sent: key,
    },
  ])('treats $about as the same order', async ({ body, sent }) => {
    const world = createWorld()
    const first = await world.submit('enable', localBody(2), { key })
    const stored = world.items()

    const second = await world.submit('enable', body, { key: sent })

    expect(second).toMatchObject({ status: 202, headers: { 'idempotent-replayed': 'true' } })
    expect(second.headers['location']).toBe(first.headers['location'])
    expect(second.body).toEqual(first.body)
    expect(world.thingSpace.accepted).toHaveLength(1)
    expect(world.items()).toEqual(stored)
  })

  test.each([
    { about: 'another device', action: 'enable', body: { ...localBody(), devices: someDevices(1, 2) } },
    {
      about: 'the devices in another order',
      action: 'enable',
      body: { ...localBody(), devices: someDevices(2).toReversed() },
    },
    { about: 'another member', action: 'enable', body: localBody(2, { smsrOid: '1.2.3' }) },
    { about: 'another account', action: 'enable', body: localBody(2, { accountName: '0000654321-00001' }) },
    { about: 'another action', action: 'disable', body: localBody(2) },
  ])('is refused with 422 if it is used again with $about', async ({ action, body }) => {
    const world = createWorld()
    const first = await world.order('enable', localBody(2), { key })
    const stored = world.items()

    const second = await world.submit(action, body, { key })

    expect(second).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused', requestId: first.requestId, retryable: false },
    })
    expect(world.items()).toEqual(stored)
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('belongs to one caller, so other callers can use the same key', async () => {
    const world = createWorld()

    const mine = await world.order('enable', localBody(), { key, claims: { sub: 'app-1' } })
    const yours = await world.order('enable', localBody(), { key, claims: { sub: 'app-2' } })
    const theirs = await world.order('enable', localBody(), { key, claims: { iss: 'https://other.test' } })

    expect(new Set([mine, yours, theirs].map(({ requestId }) => requestId)).size).toBe(3)
    expect(world.thingSpace.accepted).toHaveLength(3)
  })

  test('of a refused order returns the same refusal', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses({ status: 400, code: 'REQUEST_FAILED.DeviceNotFound', message: 'No device.' }))
    const first = await world.submit('enable', localBody(), { key })
    await world.settle()

    const second = await world.submit('enable', localBody(), { key })

    expect(second).toEqual(first)
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('of a waiting order returns its current status', async () => {
    const world = createWorld()
    world.thingSpace.will(isDown)
    await world.order('enable', localBody(), { key })
    await world.pass(60)

    const second = await world.order('enable', localBody(), { key })

    expect(second).toMatchObject({ status: 'submitted', submissions: { items: [{ attempt: 2 }] } })
    expect(world.thingSpace.calls).toHaveLength(2)
  })

  test('of a bulk order returns its current counts', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(150), { key })
    await world.settle()
    await world.pass(120)

    const second = await world.submit('enable', localBody(150), { key })

    expect(second).toMatchObject({
      status: 202,
      headers: { 'idempotent-replayed': 'true' },
      body: { requestId, status: 'submitted', submissions: { total: 2, byState: { submitted: 2 } } },
    })
    expect(world.thingSpace.calls).toHaveLength(2)
  })

  test('sent twice at once leads to one accepted submission', async () => {
    const world = createWorld()

    const answers = await Promise.all([
      world.submit('download', bodyWith([eid, iccid]), { key }),
      world.submit('download', bodyWith([eid, iccid]), { key }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(1)
    expect(new Set(answers.map(({ headers }) => headers['location'])).size).toBe(1)
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('sent twice at once with two bodies never mixes the bodies', async () => {
    const world = createWorld()

    const answers = await Promise.all([
      world.submit('enable', localBody(1), { key }),
      world.submit('enable', localBody(20), { key }),
    ])

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 422])
    expect(world.thingSpace.accepted).toHaveLength(1)
    const [request, ...others] = world.itemsOf('request')
    expect(others).toEqual([])
    expect(request?.['deviceCount']).toBe(world.thingSpace.accepted[0]?.call.devices.length)
    expect(world.itemsOf('part')).toHaveLength(request?.['deviceCount'] === 20 ? 1 : 0)
  })

  test('is required to detect a repeat: without a key each call is a new order', async () => {
    const world = createWorld()

    const first = await world.order('enable', localBody())
    const second = await world.order('enable', localBody())

    expect(first.requestId).not.toBe(second.requestId)
    expect(world.thingSpace.accepted).toHaveLength(2)
  })
})

describe('the manifest', () => {
  test.each([
    { devices: 4, parts: 0 },
    { devices: 5, parts: 1 },
  ])('of $devices devices is stored in $parts items beside the request', async ({ devices, parts }) => {
    const world = createWorld()
    await world.order('enable', localBody(devices))
    expect(world.itemsOf('part')).toHaveLength(parts)
    expect(world.thingSpace.accepted[0]?.call.devices).toHaveLength(devices)
  })
})
