import { describe, expect, test } from 'vitest'
import { account, iccidOf, localBody, someDevices } from '../builders.ts'
import { losesTheCall, refuses } from '../fakes/thing-space.ts'
import { type Answer, aCallbackOf, bodyOf, createWorld, killed, type World } from '../fakes/world.ts'

type Reordered = {
  requestId: string
  reorderOf: string
  status: string
  devices: { total: number }
  reorder?: { deviceCount: number; left: { reason: string; devices: number; positions: number[] }[] }
}

const idsAt = (index: number) => someDevices(1, index)[0]!.deviceIds
type Call = { body?: unknown; key?: string; query?: Record<string, string>; claims?: Record<string, string> }
const reorder = (world: World, requestId: string, { key, ...call }: Call = {}): Promise<Answer> =>
  world.decide('reorder', requestId, { ...call, ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }) })
const reordered = async (world: World, requestId: string, call: Call = {}): Promise<Reordered> =>
  bodyOf(await reorder(world, requestId, call), 202) as Reordered
/** The ICCIDs of each POST to ThingSpace. */
const sent = (world: World) =>
  world.thingSpace.calls.map(({ devices }) => devices.map((device) => device.find(({ kind }) => kind === 'iccid')?.id))

/** A request whose devices have these verdicts, in their order. */
async function withVerdicts(action: string, verdicts: readonly ('succeeded' | 'failed' | 'pending')[]) {
  const world = createWorld()
  const { requestId } = await world.order(action, localBody(verdicts.length))
  await world.settle()
  for (const [at, verdict] of verdicts.entries())
    if (verdict !== 'pending') await world.callback(aCallbackOf('upstream-1', idsAt(at + 1), verdict))
  await world.settle()
  return { world, requestId }
}

describe('a reorder', () => {
  test('sends the failed devices as a new request that is linked both ways', async () => {
    const { world, requestId } = await withVerdicts('download_enable', ['succeeded', 'failed', 'failed'])

    const answer = await reorder(world, requestId, { key: 'again' })
    await world.settle()

    const made = bodyOf(answer, 202) as Reordered
    expect(answer.headers['location']).toBe(`/v1/requests/${made.requestId}`)
    expect(made).toMatchObject({
      reorderOf: requestId,
      status: 'queued',
      devices: { total: 2 },
      reorder: { deviceCount: 2, left: [] },
    })
    expect(await world.show(requestId)).toMatchObject({ reorderedBy: [made.requestId] })
    const timeline = await world.get('/v1/requests/{requestId}/timeline', { path: { requestId } })
    expect(timeline.body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ what: 'ordered again', detail: `2 devices, as request ${made.requestId}` }),
      ]),
    })
    expect(await world.show(made.requestId)).toMatchObject({ reorderOf: requestId, status: 'submitted' })
    expect(sent(world)).toEqual([
      [iccidOf(1), iccidOf(2), iccidOf(3)],
      [iccidOf(2), iccidOf(3)],
    ])
  })

  test('with the same key is a replay, whatever failed meanwhile, and with another filter is refused', async () => {
    const { world, requestId } = await withVerdicts('enable', ['failed', 'pending'])
    const first = await reordered(world, requestId, { key: 'again' })
    await world.settle()
    await world.callback(aCallbackOf('upstream-1', idsAt(2), 'failed'))
    await world.settle()

    const second = await reorder(world, requestId, { key: 'again' })
    const other = await reorder(world, requestId, { key: 'again', body: { statuses: ['expired'] } })
    const order = await world.submit('enable', localBody(1), { key: 'again' })

    expect(second).toMatchObject({ status: 202, headers: { 'idempotent-replayed': 'true' } })
    expect(second.body).toMatchObject({ requestId: first.requestId, devices: { total: 1 } })
    for (const refused of [other, order])
      expect(refused).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  test.each([
    { body: { statuses: ['failed', 'expired'] }, positions: [0, 1, 3] },
    { body: { statuses: ['expired'] }, positions: [3] },
    { body: { codes: ['CODE.One'] }, positions: [0] },
    { body: { codes: ['CODE.Two', 'CODE.One'] }, positions: [0, 1] },
    { body: { devices: [1] }, positions: [1] },
    { body: { devices: [{ kind: 'iccid', id: iccidOf(4) }, 0] }, positions: [0, 3] },
  ])('chooses the devices of $body', async ({ body, positions }) => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(4))
    await world.settle()
    const fault = (faultcode: string) => ({ faultResponse: { faultcode, faultstring: 'No.' } })
    await world.callback([
      aCallbackOf('upstream-1', idsAt(1), 'failed', fault('SERVICE.CODE.One')),
      aCallbackOf('upstream-1', idsAt(2), 'failed', fault('SERVICE.CODE.Two')),
      aCallbackOf('upstream-1', idsAt(3), 'succeeded'),
    ])
    await world.pass(26 * 3600)

    const dryRun = bodyOf(await reorder(world, requestId, { body, query: { dryRun: 'true' } }), 200)
    const before = world.items()
    const { devices } = await reordered(world, requestId, { body })

    expect((dryRun as { devices: { position: number }[] }).devices.map(({ position }) => position)).toEqual(positions)
    expect(before.filter(({ entity }) => entity === 'request')).toHaveLength(1)
    expect(devices.total).toBe(positions.length)
  })

  test('never sends a device that is open or succeeded, and says so', async () => {
    const { world, requestId } = await withVerdicts('enable', ['succeeded', 'pending', 'failed'])

    const { reorder: told } = await reordered(world, requestId, { body: { devices: [0, 1, 2] } })
    const none = await reorder(world, requestId, { body: { devices: [0, 1] } })

    expect(told).toEqual({ deviceCount: 1, left: [{ reason: 'not-failed', devices: 2, positions: [0, 1] }] })
    expect(none).toMatchObject({
      status: 409,
      body: { code: 'nothing-to-reorder', detail: 'no device can be ordered again: 2 not-failed', requestId },
    })
  })

  test('leaves an expired device of an action that must not run twice, unless the risk is accepted', async () => {
    const { world, requestId } = await withVerdicts('download_enable', ['pending'])
    await world.pass(26 * 3600)
    const body = { statuses: ['expired'] }

    const refused = await reorder(world, requestId, { body })
    const accepted = await reorder(world, requestId, { body: { ...body, acceptRisk: true } })

    expect(refused).toMatchObject({
      status: 409,
      body: { detail: 'no device can be ordered again: 1 may-still-succeed' },
    })
    expect(accepted.status).toBe(202)
  })

  test('leaves a device that failed and succeeded', async () => {
    const { world, requestId } = await withVerdicts('download_enable', ['failed'])
    await world.callback(aCallbackOf('upstream-1', idsAt(1), 'succeeded'))
    await world.settle()

    expect(await reorder(world, requestId)).toMatchObject({
      status: 409,
      body: { detail: 'no device can be ordered again: 1 may-still-succeed' },
    })
  })

  test('leaves a device until its last reorder has failed too, along the whole chain', async () => {
    const { world, requestId } = await withVerdicts('download_enable', ['failed'])
    const fail = async (upstream: string) => {
      await world.settle()
      await world.callback(aCallbackOf(upstream, idsAt(1), 'failed'))
      await world.settle()
    }
    const second = await reordered(world, requestId)
    const whileOpen = await reorder(world, requestId)
    await fail('upstream-2')
    const third = await reordered(world, second.requestId)
    const whileChainOpen = await reorder(world, requestId)
    await fail('upstream-3')
    const fourth = await reordered(world, requestId)

    for (const refused of [whileOpen, whileChainOpen])
      expect(refused).toMatchObject({
        status: 409,
        body: { detail: 'no device can be ordered again: 1 ordered-again' },
      })
    expect(await world.show(requestId)).toMatchObject({ reorderedBy: [second.requestId, fourth.requestId] })
    expect(await world.show(second.requestId)).toMatchObject({ reorderedBy: [third.requestId] })
  })

  test('of a refused order replaces its retry', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses())
    await world.submit('download_enable', localBody(1))
    await world.settle()
    const [requestId] = world.requestIds()

    await reordered(world, requestId!)
    const retry = await world.decide('retry', requestId!)
    await world.settle()

    expect(retry).toMatchObject({ status: 409, body: { code: 'nothing-to-retry' } })
    expect(world.thingSpace.calls).toHaveLength(2)
  })

  test('and a retry, or another reorder, at the same time send a device once', async () => {
    for (const rival of ['retry', 'reorder'] as const) {
      const world = createWorld()
      world.thingSpace.will(refuses())
      await world.submit('download_enable', localBody(1))
      await world.settle()
      const [requestId] = world.requestIds()

      await Promise.all([reorder(world, requestId!), world.decide(rival, requestId!)])
      await world.settle()

      expect({ rival, calls: world.thingSpace.calls.length }).toEqual({ rival, calls: 2 })
    }
  })

  test('of an order that was given up while unconfirmed needs the risk accepted', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('download_enable', localBody(1))
    await world.pass(1300)
    await world.decide('cancel', requestId, { body: { abandonUnconfirmed: true } })
    await world.settle()
    const body = { statuses: ['expired'] }

    expect(await reorder(world, requestId, { body })).toMatchObject({ status: 409 })
    expect(await reorder(world, requestId, { body: { ...body, acceptRisk: true } })).toMatchObject({ status: 202 })
  })

  test('sends each device once after a crash at any write and a repeat with the same key', async () => {
    // The first effect is the audit. After it alone, the rival may order the devices.
    for (let effect = 2; effect < 10; effect += 1) {
      const { world, requestId } = await withVerdicts('download_enable', ['failed', 'failed'])
      world.killBehind(effect)
      const first = await world.run(() => reorder(world, requestId, { key: 'again' }))
      const rival = await reorder(world, requestId, { key: 'rival' })
      const repeat = await reordered(world, requestId, { key: 'again' })
      await world.settle()
      await world.pass(120)

      expect([first === killed ? rival.status : 409, effect]).toEqual([409, effect])
      expect(sent(world), `killed after effect ${effect}`).toEqual([
        [iccidOf(1), iccidOf(2)],
        [iccidOf(1), iccidOf(2)],
      ])
      expect(await world.show(requestId)).toMatchObject({ reorderedBy: [repeat.requestId] })
    }
  })

  test.each([2, 150])('of %d devices sends each once if several are called at the same time', async (count) => {
    const world = createWorld()
    const { requestId } = await world.order('download_enable', localBody(count))
    await world.settle()
    await world.callback(
      Array.from({ length: count }, (_, at) =>
        aCallbackOf(`upstream-${Math.floor(at / 100) + 1}`, idsAt(at + 1), 'failed'),
      ),
    )
    await world.pass(180)
    const before = sent(world).length

    const answers = await Promise.all(['one', 'two', 'three'].map((key) => reorder(world, requestId, { key })))
    await world.pass(180)

    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status !== 202 && status !== 409)).toEqual([])
    const again = sent(world).slice(before).flat()
    expect(again).toHaveLength(count)
    expect(new Set(again)).toEqual(new Set(Array.from({ length: count }, (_, at) => iccidOf(at + 1))))
  })

  test('that crashed before it stored its request does not block another one after a minute', async () => {
    const { world, requestId } = await withVerdicts('download_enable', ['failed'])
    // The first effect is the audit, the second the mark.
    world.killBehind(2)
    expect(await world.run(() => reorder(world, requestId))).toBe(killed)

    const soon = await reorder(world, requestId)
    world.advance(61)
    const later = await reorder(world, requestId)

    expect([soon.status, later.status]).toEqual([409, 202])
  })

  test('continues the trace of its caller', async () => {
    const { world, requestId } = await withVerdicts('enable', ['failed'])
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

    const answer = await world.decide('reorder', requestId, { headers: { traceparent } })

    expect(answer.headers['traceparent']).toContain('0af7651916cd43dd8448eb211c80319c')
  })

  test('of a request of another account is not found', async () => {
    const { world, requestId } = await withVerdicts('enable', ['failed'])
    const claims = { sub: 'stranger', accounts: '9999999999-00001' }

    expect(await reorder(world, requestId, { claims })).toMatchObject({ status: 404 })
    expect(account).not.toBe(claims.accounts)
  })

  test.each([{ statuses: [] }, { statuses: ['succeeded'] }, { devices: ['1'] }, { code: 'x' }])(
    'refuses the body %j',
    async (body) => {
      const { world, requestId } = await withVerdicts('enable', ['failed'])
      expect(await reorder(world, requestId, { body })).toMatchObject({ status: 400, body: { code: 'invalid-body' } })
    },
  )

  test('of a bulk request sends its failed devices through the queue', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(250))
    await world.settle()
    await world.callback(
      Array.from({ length: 250 }, (_, at) =>
        aCallbackOf(`upstream-${Math.floor(at / 100) + 1}`, idsAt(at + 1), at % 2 === 0 ? 'failed' : 'succeeded'),
      ),
    )
    await world.pass(180)

    const { requestId: next } = await reordered(world, requestId)
    await world.pass(180)

    expect(await world.show(next)).toMatchObject({ status: 'submitted', devices: { total: 125, pending: 125 } })
    expect(
      sent(world)
        .slice(3)
        .map(({ length }) => length)
        .toSorted((a, b) => b - a),
    ).toEqual([100, 25])
  })
})
