import { describe, expect, test } from 'vitest'
import { account, eidOf, iccidOf, imeiOf, localBody, someDevices, sqsEvent } from '../builders.ts'
import { accepts, losesTheCall, throttles } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, credentials, listedAddress, listenerSecret, type World } from '../fakes/world.ts'

const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds
const callbackOf = (index = 1, ...more: [Parameters<typeof aCallbackOf>[2]?, Record<string, unknown>?]) =>
  aCallbackOf('upstream-1', deviceAt(index), ...more)

/** Places an order that ThingSpace accepts as `upstream-1`. */
async function submittedOrder(world: World, devices = 1): Promise<string> {
  const { requestId } = await world.order('download_enable', localBody(devices))
  await world.settle()
  return requestId
}

describe('a callback', () => {
  test('is stored as the result of its device', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world, 2)

    const failed = await world.callback(callbackOf(2))

    expect(failed).toEqual([])
    expect(await world.devices(requestId)).toMatchObject([
      { position: 0, status: 'pending' },
      {
        position: 1,
        status: 'succeeded',
        result: {
          upstreamRequestId: 'upstream-1',
          verdict: 'succeeded',
          identifiers: deviceAt(2),
          euicc: { status: 'EXECUTED_SUCCESS', code: '1.2.365' },
          receivedAt: new Date(world.now()).toISOString(),
        },
      },
    ])
  })

  test.each([
    { verdict: 'succeeded', status: 'succeeded', request: 'succeeded' },
    { verdict: 'warning', status: 'warning', request: 'submitted' },
    { verdict: 'failed', status: 'failed', request: 'failed' },
    { verdict: 'expired', status: 'expired', request: 'expired' },
  ] as const)('that reports $verdict gives the device the status $status', async ({ verdict, status, request }) => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(callbackOf(1, verdict))
    await world.settle()

    expect(await world.devices(requestId)).toMatchObject([{ status }])
    expect(await world.show(requestId)).toMatchObject({ status: request, devices: { [status]: 1 } })
  })

  test('that arrives before the response to its submission is applied once the response is stored', async () => {
    const world = createWorld()
    world.thingSpace.will(async () => {
      await world.callback(callbackOf())
      await world.settle()
      return accepts
    })

    const { requestId, status } = await world.order('download_enable', localBody())
    await world.settle()

    expect(status).toBe('submitted')
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { succeeded: 1 } })
    await world.pass(120)
    expect(world.itemsOf('orphan')).toEqual([])
  })

  test.each([
    { about: 'unchanged', over: {} },
    { about: 'with another counter', over: { callbackCount: 2 } },
    { about: 'with another password', over: { password: listenerSecret.previous } },
  ])('that arrives twice, $about, is stored as one result', async ({ over }) => {
    const world = createWorld()
    const requestId = await submittedOrder(world)
    await world.callback(callbackOf())
    const [stored] = world.itemsOf('result')

    world.advance(2)
    const failed = await world.callback(callbackOf(1, 'succeeded', over))

    expect(failed).toEqual([])
    expect(world.itemsOf('result')).toEqual([stored])
    expect((await world.devices(requestId))[0]).not.toHaveProperty('others')
  })

  test('that arrives twice in one batch is stored as one result', async () => {
    const world = createWorld()
    await submittedOrder(world)

    const failed = await world.callback([callbackOf(), callbackOf()])

    expect(failed).toEqual([])
    expect(world.itemsOf('result')).toMatchObject([{ verdict: 'succeeded' }])
    expect(world.itemsOf('result')[0]).not.toHaveProperty('others')
  })

  test('that reports success replaces an earlier warning', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(callbackOf(1, 'warning'))
    await world.callback(callbackOf(1, 'succeeded'))

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('that reports a warning after a final result is kept as evidence and changes no status', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(callbackOf(1, 'succeeded'))
    await world.settle()
    await world.callback(callbackOf(1, 'warning'))
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { conflicts: 0 } })
    expect(await world.devices(requestId)).toMatchObject([{ status: 'succeeded', others: [{ verdict: 'warning' }] }])
  })

  test.each([
    { first: 'succeeded', second: 'failed' },
    { first: 'failed', second: 'succeeded' },
  ] as const)(
    'that reports $second after $first is shown as a conflict, and the first result decides',
    async ({ first, second }) => {
      const world = createWorld()
      const requestId = await submittedOrder(world)

      await world.callback(callbackOf(1, first))
      await world.settle()
      await world.callback(callbackOf(1, second))
      await world.settle()

      expect(await world.devices(requestId)).toMatchObject([
        { status: first, conflict: true, others: [{ verdict: second }] },
      ])
      expect(await world.show(requestId)).toMatchObject({ status: first, devices: { conflicts: 1 } })
      expect(world.topic.told().filter((event) => event.startsWith('device'))).toHaveLength(1)
    },
  )

  test('that reports expired is corrected by a later real result', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(callbackOf(1, 'expired'))
    await world.settle()
    await world.callback(callbackOf(1, 'succeeded'))
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    expect(world.topic.told()).toEqual([
      'request.submitted submitted',
      'device.failed expired 0',
      'request.completed expired',
      'device.succeeded succeeded 0',
      'request.completed succeeded',
    ])
  })

  test('finds its device by other identifiers than those ordered if at least one is shared', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world, 2)

    await world.callback(
      aCallbackOf('upstream-1', [
        { kind: 'imei', id: imeiOf(2) },
        { kind: 'eid', id: eidOf(2) },
        { kind: 'mdn', id: '2022326360' },
      ]),
    )

    expect(await world.devices(requestId)).toMatchObject([{ status: 'pending' }, { status: 'succeeded' }])
  })

  test('about one of two ordered profiles of a card is applied to that profile only', async () => {
    const world = createWorld()
    const profiles = [1, 2].map((index) => ({
      deviceIds: [
        { kind: 'eid', id: eidOf(1) },
        { kind: 'iccid', id: iccidOf(index) },
      ],
    }))
    const { requestId } = await world.order('delete', localBody(1, { devices: profiles }))

    await world.callback(aCallbackOf('upstream-1', profiles[1]!.deviceIds))

    expect(await world.devices(requestId)).toMatchObject([{ status: 'pending' }, { status: 'succeeded' }])
  })

  test('about a device that was not ordered is stored and applied to no device', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(callbackOf(77))
    await world.settle()

    expect(await world.devices(requestId)).toMatchObject([{ status: 'pending' }])
    expect(world.itemsOf('result')).toHaveLength(1)
  })

  test('that names no device is the result of the only device of its submission', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(aCallbackOf('upstream-1', []))
    await world.settle()

    expect(world.itemsOf('result')).toMatchObject([{ identifiers: [], upstreamRequestId: 'upstream-1' }])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('that names no device is shown as unmatched if the submission has several devices', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world, 2)

    await world.callback(aCallbackOf('upstream-1', [], 'failed'))
    await world.settle()

    const { body } = await world.get('/v1/requests/{requestId}/devices', { path: { requestId } })
    expect(body).toMatchObject({
      items: [{ status: 'pending' }, { status: 'pending' }],
      unmatchedResults: [{ upstreamRequestId: 'upstream-1', identifiers: [], verdict: 'failed' }],
    })
  })

  test('that names no device is deduplicated, and a later contradicting one is a conflict', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback([aCallbackOf('upstream-1', []), aCallbackOf('upstream-1', [])])
    await world.callback(aCallbackOf('upstream-1', [], 'failed'))
    await world.settle()

    expect(world.itemsOf('result')).toHaveLength(1)
    expect(await world.devices(requestId)).toMatchObject([
      { status: 'succeeded', conflict: true, others: [{ verdict: 'failed' }] },
    ])
  })

  test('that names no device becomes an orphan if its upstream request id is unknown, and no device link leads to it', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('download_enable', localBody())
    await world.settle()

    await world.callback(aCallbackOf('upstream-9', []))
    await world.settle()

    expect(world.itemsOf('orphan')).toMatchObject([{ upstreamRequestId: 'upstream-9' }])
    expect(await world.devices(requestId)).toMatchObject([{ status: 'pending' }])
  })

  test.each([
    ['in capitals', (id: string) => id.toUpperCase()],
    ['without hyphens', (id: string) => id.replaceAll('-', '')],
  ])('finds its request by an upstream request id that is the same UUID %s', async (_how, spelt) => {
    const world = createWorld()
    const id = '595f5c44-c31c-4552-8670-020a1545a84d'
    world.thingSpace.will({ accepts: true, answers: () => ({ kind: 'accepted', upstreamRequestId: id }) })
    const requestId = await submittedOrder(world)

    await world.callback(aCallbackOf(spelt(id), deviceAt(1)))
    await world.settle()

    expect(world.itemsOf('orphan')).toEqual([])
    expect(await world.devices(requestId)).toMatchObject([{ status: 'succeeded', result: { upstreamRequestId: id } }])
  })

  test('about a single profile does not decide the status of a device that gets a result of its own', async () => {
    const world = createWorld()
    const eid = { kind: 'eid', id: eidOf(1) }
    const { requestId } = await world.order('device_suspend', {
      accountName: account,
      devices: [{ deviceIds: [eid] }],
    })

    await world.callback([
      aCallbackOf('upstream-1', [eid, { kind: 'iccid', id: iccidOf(1) }], 'failed'),
      aCallbackOf('upstream-1', [eid, { kind: 'iccid', id: iccidOf(2) }]),
    ])
    const before = await world.show(requestId)
    await world.callback(aCallbackOf('upstream-1', [eid]))

    expect(before).toMatchObject({ status: 'submitted', devices: { pending: 1 } })
    expect(await world.devices(requestId)).toMatchObject([
      { status: 'succeeded', others: [{ verdict: 'failed' }, { verdict: 'succeeded' }] },
    ])
  })
})

/** A valid callback with some members changed. */
const changed = (over: Record<string, unknown>) => ({ ...callbackOf(), ...over })

describe('record-callbacks quarantines a callback and never applies it for the reason', () => {
  test.each<{
    reason: string
    body: unknown
    requireCredentials?: true
    refuseUnlistedAddresses?: true
    sourceIp?: string
  }>([
    { reason: 'not-json', body: '{"requestId": "upstream-1", "deviceIds": [' },
    { reason: 'not-json', body: '' },
    { reason: 'not-an-object', body: '["upstream-1", 2]' },
    { reason: 'too-large', body: JSON.stringify(changed({ filler: 'x'.repeat(70_000) })) },
    { reason: 'too-deep', body: `${'['.repeat(20)}${']'.repeat(20)}` },
    { reason: 'ambiguous-members', body: JSON.stringify(callbackOf()).replace('{', '{"Status":"Failed",') },
    { reason: 'no-request-id', body: changed({ requestId: '' }) },
    { reason: 'no-known-identifier', body: changed({ deviceIds: [{ kind: 'serial', id: '1' }] }) },
    { reason: 'no-verdict', body: changed({ deviceResponse: { deviceProfileResponse: {} }, status: 'Perhaps' }) },
    {
      reason: 'other-service',
      body: changed({ deviceResponse: { changeDeviceIdResponse: { deviceIds: [{ id: '1', kind: 'mdn' }] } } }),
    },
    { reason: 'list-result', body: changed({ deviceResponse: { devices: [], hasMoreData: false } }) },
    { reason: 'several-results', body: changed({ deviceResponse: { deviceProfileResponse: [{}, {}] } }) },
    { reason: 'wrong-credentials', body: changed({ password: 'guess' }) },
    { reason: 'wrong-credentials', body: changed({ username: 'guess' }) },
    { reason: 'wrong-credentials', body: changed({ username: 'guess', password: undefined, requestId: '' }) },
    {
      reason: 'credentials-missing',
      body: changed({ username: undefined, password: undefined }),
      requireCredentials: true,
    },
    { reason: 'credentials-missing', body: changed({ username: '', password: '' }), requireCredentials: true },
    { reason: 'unlisted-address', body: callbackOf(), refuseUnlistedAddresses: true, sourceIp: '203.0.113.1' },
  ])('$reason', async ({ reason, body, requireCredentials, refuseUnlistedAddresses, sourceIp = listedAddress }) => {
    const world = createWorld({
      requireCredentials: requireCredentials ?? false,
      refuseUnlistedAddresses: refuseUnlistedAddresses ?? false,
    })
    const requestId = await submittedOrder(world)

    const failed = await world.callback(body, { sourceIp })
    const again = await world.callback(body, { sourceIp })

    expect([...failed, ...again]).toEqual([])
    expect(world.itemsOf('quarantine')).toMatchObject([
      { reason, accountName: account, receivedAt: world.now(), raw: expect.any(String) },
    ])
    expect(world.itemsOf('result')).toEqual([])
    expect(await world.devices(requestId)).toMatchObject([{ status: 'pending' }])
    expect(world.log.lines).toContainEqual(
      expect.objectContaining({ message: 'callback quarantined', fields: expect.objectContaining({ reason }) }),
    )
  })

  test('too-much-evidence: the ninth contradicting message about one device', async () => {
    const world = createWorld()
    await submittedOrder(world)
    const messages = Array.from({ length: 10 }, (_, at) => callbackOf(1, 'succeeded', { note: String(at) }))

    for (const message of messages) await world.callback(message)

    expect(world.itemsOf('quarantine')).toMatchObject([{ reason: 'too-much-evidence' }])
    expect(world.itemsOf('result')[0]?.['others']).toHaveLength(8)
  })

  test('too-much-evidence: nine different messages of 60 KB about one device', async () => {
    const world = createWorld()
    await submittedOrder(world)
    const text = 'x'.repeat(60_000)
    const messages = Array.from({ length: 9 }, (_, at) => callbackOf(1, 'succeeded', { note: `${at} ${text}` }))

    const failed = await world.callback(messages)

    expect(failed).toEqual([])
    expect(world.itemsOf('result')[0]?.['others']).toHaveLength(2)
    const aside = world.itemsOf('quarantine')
    expect(aside.map(({ reason }) => reason)).toEqual(Array.from({ length: 6 }, () => 'too-much-evidence'))
    expect(aside.every(({ raw }) => typeof raw === 'string' && raw.includes(text))).toBe(true)
  })

  test('no-request-id, without an account, if the message did not come through the callback endpoint', async () => {
    const world = createWorld()

    const failed = await world.record(sqsEvent(['{}']).Records)

    expect(failed).toEqual([])
    expect(world.itemsOf('quarantine')).toMatchObject([{ accountName: '-', reason: 'no-request-id' }])
  })
})

describe('record-callbacks accepts a callback', () => {
  test.each([
    { about: 'with the current password', over: credentials },
    { about: 'with the previous password', over: { ...credentials, password: listenerSecret.previous } },
    { about: 'without credentials, as Global IoT sends', over: { username: undefined, password: undefined } },
    { about: 'with empty credentials', over: { username: '', password: '' } },
  ])('$about', async ({ over }) => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(changed(over))

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('with credentials where credentials are required', async () => {
    const world = createWorld({ requireCredentials: true, refuseUnlistedAddresses: true })
    const requestId = await submittedOrder(world)

    await world.callback(callbackOf())

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('with a password that was rotated a moment ago', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)
    world.secret.current = { username: credentials.username, current: 'rotated-sentinel' }

    await world.callback(changed({ password: 'rotated-sentinel' }))

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('from an unlisted address, and counts it', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)

    await world.callback(callbackOf(), { sourceIp: '203.0.113.1' })

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    expect(world.log.lines).toContainEqual(
      expect.objectContaining({
        message: 'callback recorded',
        fields: expect.objectContaining({ listedAddress: false }),
      }),
    )
  })

  test('for an account name that contains spaces', async () => {
    const world = createWorld()

    await world.callback(callbackOf(), { accountName: '4%203TOM%20HPN2%20S' })

    expect(world.itemsOf('result')).toMatchObject([{ accountName: '4 3TOM HPN2 S' }])
  })
})

describe('a batch of callbacks', () => {
  test('is recorded although one of its messages is bad', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world, 3)

    const failed = await world.callback([
      callbackOf(1),
      'not JSON',
      callbackOf(2),
      changed({ password: 'guess' }),
      callbackOf(3),
    ])

    expect(failed).toEqual([])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { succeeded: 3 } })
    expect(world.itemsOf('quarantine')).toHaveLength(2)
  })

  test('returns to the queue only the message that cannot be written', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world, 3)
    world.faults.store = ({ input }) => JSON.stringify(input).includes(eidOf(2))

    const failed = await world.callback([callbackOf(1), callbackOf(2), callbackOf(3)])
    const meanwhile = await world.show(requestId)
    delete world.faults.store
    await world.settle()

    expect(failed).toEqual([1])
    expect(meanwhile).toMatchObject({ status: 'submitted', devices: { succeeded: 2, pending: 1 } })
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('returns to the queue as a whole while the table is down, and loses no message', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world, 2)
    world.faults.store = () => true

    const failed = await world.callback([callbackOf(1), callbackOf(2), 'not JSON'])
    delete world.faults.store
    await world.settle()

    expect(failed).toEqual([0, 1, 2])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { succeeded: 2 } })
    expect(world.itemsOf('quarantine')).toHaveLength(1)
  })
})

test('no credential of a callback or a caller is left in any item, log line, event, queue or response', async () => {
  const world = createWorld({ refuseUnlistedAddresses: true })
  const requestId = await submittedOrder(world, 3)
  const headers = { authorization: 'Bearer caller-sentinel', cookie: 'session=caller-sentinel' }
  world.thingSpace.will(throttles(30), losesTheCall)
  const answers: unknown[] = [
    await world.submit('delete', localBody(), { headers }),
    await world.submit('delete', { devices: 'no list' }, { headers }),
  ]
  await world.deliver()
  answers.push(await world.decide('retry', world.requestIds().at(-1) ?? '', { headers }))
  const whole = JSON.stringify(callbackOf(2))
  const nested = { Data: { Data: { DeviceProfileService: callbackOf(2).deviceResponse, ...credentials } } }

  await world.callback([
    callbackOf(1, 'warning'),
    callbackOf(1, 'succeeded'),
    callbackOf(1, 'failed'),
    whole.slice(1),
    whole.slice(0, -1),
    whole.slice(0, 60),
    whole.replace('"password"', '"PassWord"'),
    `[${whole},${whole}]`,
    changed({ ...nested, deviceResponse: undefined }),
    changed({ password: 'guess-sentinel', USERNAME: 'guess-sentinel' }),
    changed({ requestId: '' }),
  ])
  await world.callback(callbackOf(3), { sourceIp: '203.0.113.1' })
  world.faults.store = () => true
  await world.callback(callbackOf(3))
  delete world.faults.store
  await world.settle()

  const devices = await world.devices(requestId)
  const everything = [world.items(), world.topic.published, world.queue.sent, devices, answers]
    .map((one) => JSON.stringify(one))
    .join()
  expect(everything + world.log.text()).not.toContain('sentinel')
  expect(world.itemsOf('result').length).toBeGreaterThan(1)
  expect(world.itemsOf('quarantine').length).toBeGreaterThan(3)
})

test('record-callbacks masks identifiers in the log', async () => {
  const world = createWorld()
  await submittedOrder(world)

  await world.callback(callbackOf())

  expect(world.log.text()).not.toContain(eidOf(1))
  expect(world.log.text()).not.toContain(iccidOf(1))
})

describe('several messages about one card in one batch', () => {
  test.each([
    ['by the same identifiers', deviceAt(1)],
    ['by one of them', [{ kind: 'eid', id: eidOf(1) }]],
  ])('are applied in the order in which they were received if they name the card %s', async (_name, identifiers) => {
    const world = createWorld()
    const requestId = await submittedOrder(world)
    const bodies = [
      aCallbackOf('upstream-1', identifiers, 'failed'),
      aCallbackOf('upstream-1', deviceAt(1), 'succeeded'),
    ]
    const event = sqsEvent(bodies, { accountName: account, sourceIp: listedAddress })
    event.Records.forEach(({ attributes }, index) => {
      attributes.SentTimestamp = String(world.now() + 250 * index)
    })

    await world.record(event.Records.toReversed())
    await world.settle()

    expect(await world.devices(requestId)).toMatchObject([{ status: 'failed', conflict: true }])
    expect(await world.show(requestId)).toMatchObject({ status: 'failed', devices: { conflicts: 1 } })
  })
})

describe('a callback that DynamoDB rejects', () => {
  test('permanently is quarantined at once and does not return to the queue', async () => {
    const world = createWorld()
    await submittedOrder(world)
    world.faults.store = ({ command, input }) => {
      const refuses = command === 'UpdateCommand' && JSON.stringify(input).includes('"TSR#')
      if (refuses) throw Object.assign(new Error('Item size has exceeded the maximum'), { name: 'ValidationException' })
      return false
    }

    expect(await world.callback(callbackOf())).toEqual([])
    expect(world.itemsOf('quarantine')).toMatchObject([{ reason: 'not-storable', accountName: account }])
  })

  test('temporarily returns to the queue and is not quarantined', async () => {
    const world = createWorld()
    await submittedOrder(world)
    world.faults.store = () => {
      throw Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' })
    }

    expect(await world.callback(callbackOf())).toEqual([0])
    delete world.faults.store
    await world.settle()
    expect(world.itemsOf('quarantine')).toEqual([])
    expect(world.itemsOf('result')).toHaveLength(1)
  })

  test('for an unpaired surrogate is stored with a replacement character', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)
    const body = JSON.stringify(callbackOf(1, 'failed', { faultResponse: { faultcode: 'A.B', faultstring: 'bad @@' } }))

    expect(await world.callback(body.replace('@@', '\\ud83d'))).toEqual([])
    expect(await world.devices(requestId)).toMatchObject([
      { status: 'failed', result: { fault: { message: 'bad \ufffd' } } },
    ])
  })
})

describe('an attribute that API Gateway adds to a callback', () => {
  test.each([
    { about: 'a time that is not a number', attributes: { receivedAt: 'yesterday' } },
    { about: 'a time beyond the range of dates', attributes: { receivedAt: '9999999999999999' } },
    { about: 'a time in the future', attributes: { receivedAt: '1790000000001' } },
    { about: 'a negative time', attributes: { receivedAt: '-1' } },
  ])('is validated like any input: $about', async ({ attributes }) => {
    const world = createWorld()
    await submittedOrder(world)

    expect(await world.record(sqsEvent([callbackOf()], { accountName: account, ...attributes }).Records)).toEqual([])
    expect(world.itemsOf('result')).toMatchObject([{ receivedAt: 1_790_000_000_000, accountName: account }])
  })

  test.each(['%22', 'a%0Ab', 'x'.repeat(101), 'x'.repeat(100_000), '', '%20'])(
    'is ignored if it is not a valid account name: %.20s',
    async (accountName) => {
      const world = createWorld()
      await submittedOrder(world)

      expect(await world.callback(callbackOf(), { accountName })).toEqual([])
      expect(world.itemsOf('result')).toEqual([])
      expect(world.itemsOf('quarantine')).toMatchObject([{ accountName: '-', reason: 'no-account' }])
    },
  )
})

describe('a flood of bad callbacks from an unlisted address', () => {
  const flood = Array.from({ length: 200 }, (_, at) => `not a callback ${at}`)

  test('is quarantined up to a limit per minute, and only counted beyond it', async () => {
    const world = createWorld()

    expect(await world.callback(flood, { sourceIp: '203.0.113.1' })).toEqual([])
    expect(world.itemsOf('quarantine')).toHaveLength(60)
    expect(world.itemsOf('quarantine-count')).toMatchObject([{ reason: 'not-json', accountName: account, count: 140 }])

    world.advance(60)
    await world.callback('not a callback, a minute later', { sourceIp: '203.0.113.1' })
    expect(world.itemsOf('quarantine')).toHaveLength(61)
  })

  test('does not use up the limit for callbacks from ThingSpace', async () => {
    const world = createWorld()
    await world.callback(flood, { sourceIp: '203.0.113.1' })

    await world.callback('from a listed address')
    await world.callback(changed({ requestId: '' }), { sourceIp: '203.0.113.1' })

    expect(world.itemsOf('quarantine')).toHaveLength(62)
  })
})

describe('a flood of 10,000 messages of 60 KB without credentials', () => {
  const largest = 60_000
  const texts = ['{"requestId":"', '{"a":{"a":', '[[', "{'a':'", '\\\\u00', 'password:{', '<fault ', '9.'].map((unit) =>
    unit.repeat(Math.ceil(largest / unit.length)).slice(0, largest),
  )
  const batchSize = 50

  test('is processed once, and delays a real callback only by its place in the queue', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world)
    const place = 7_321
    const honest = JSON.stringify(callbackOf())
    const isRecorded = () => world.itemsOf('result').length > 0

    let recordedIn: number | undefined
    for (let batch = 0; batch < 10_000 / batchSize; batch += 1) {
      const bodies = Array.from({ length: batchSize }, (_, index) => {
        const at = batch * batchSize + index
        return at === place ? honest : `${at} ${texts[at % texts.length]}`
      })
      expect(await world.callback(bodies, { sourceIp: '203.0.113.1' })).toEqual([])
      if (isRecorded()) recordedIn ??= batch
      world.advance(1)
    }
    await world.settle()

    expect(recordedIn).toBe(Math.floor(place / batchSize))
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    // 200 seconds, with 60 stored messages per minute.
    expect(world.itemsOf('quarantine')).toHaveLength(4 * 60)
  }, 240_000)
})

describe('redelivered callbacks', () => {
  const again = (bodies: unknown[]) => {
    const event = sqsEvent(bodies, { accountName: account, sourceIp: listedAddress })
    for (const { attributes } of event.Records) attributes.ApproximateReceiveCount = '2'
    return event.Records
  }

  test('are recorded one by one', async () => {
    const world = createWorld()
    const requestId = await submittedOrder(world, 3)

    expect(await world.record(again([callbackOf(1), callbackOf(2), callbackOf(3)]))).toEqual([])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { succeeded: 3 } })
  })
})
