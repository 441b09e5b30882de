import { describe, expect, test } from 'vitest'
import { imeiOf, localBody, someDevices } from '../builders.ts'
import { accepts, acceptsInSilence, losesTheCall, refuses } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'

const day = 24 * 3600
const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds
const ends = (world: World) =>
  ['request', 'part', 'submission'].flatMap((entity) => world.itemsOf(entity).map((item) => Number(item['expiresAt'])))

/** The expiry of the items that a decision about a submission does not rewrite. */
const kept = (world: World) =>
  ['request', 'part'].flatMap((entity) => world.itemsOf(entity).map((item) => Number(item['expiresAt'])))

/** An order that ThingSpace refused and that is retried a day before it expires. */
async function retriedAtItsEnd(world: World): Promise<string> {
  world.thingSpace.will(refuses())
  await world.submit('delete', localBody(2))
  await world.settle()
  world.advance(34 * day)
  const requestId = world.requestIds()[0] ?? ''
  await world.decide('retry', requestId)
  await world.settle()
  return requestId
}

describe('an order that is retried one day before it expires', () => {
  test('is kept with its devices and its upstream link, and accepts a late result', async () => {
    const world = createWorld()
    const requestId = await retriedAtItsEnd(world)
    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()
    world.advance(2 * day)
    world.expire()
    await world.settle()
    const overdue = await world.show(requestId)

    await world.callback(aCallbackOf('upstream-1', deviceAt(2)))
    await world.settle()

    expect(overdue).toMatchObject({ status: 'partially_succeeded', devices: { succeeded: 1, expired: 1 } })
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { succeeded: 2 } })
    expect(await world.devices(requestId)).toHaveLength(2)
  })

  test('is found by its device links if the response to the retry is lost', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = acceptsInSilence
    const requestId = await retriedAtItsEnd(world)
    world.advance(2 * day)
    world.expire()

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'submitted', devices: { succeeded: 1, pending: 1 } })
  })
})

test('an identifier that only a result names finds its request until the request expires', async () => {
  const imei = { kind: 'imei', id: imeiOf(1) }
  const found = async (world: World) => {
    const answer = await world.get('/v1/devices/{kind}/{id}/requests', { path: imei })
    return (answer.body as { items: unknown[] }).items.length
  }
  const late = createWorld()
  await late.order('delete', localBody())
  late.advance(20 * day)
  const retried = createWorld()
  await retriedAtItsEnd(retried)
  for (const world of [late, retried]) {
    await world.callback(aCallbackOf('upstream-1', [...deviceAt(1), imei]))
    await world.settle()
    expect(await found(world)).toBe(1)
  }

  // One is 35 days old then. The other was retried 34 days after it was created.
  for (const [world, days] of [
    [late, 15],
    [retried, 35],
  ] as const) {
    world.advance((days - 1) * day)
    world.expire()
    expect(await found(world)).toBe(1)
    world.advance(day + 60)
    expect(await found(world)).toBe(0)
    world.expire()
    expect(world.itemsOf('link')).toEqual([])
  }
})

test('an order that is retried within a day of its creation is not written again to extend its retention', async () => {
  const world = createWorld()
  world.thingSpace.will(refuses(), accepts)
  await world.submit('delete', localBody(5))
  await world.settle()
  const before = kept(world)
  world.advance(day - 60)

  await world.decide('retry', world.requestIds()[0] ?? '')

  expect(kept(world)).toEqual(before)
})

test('an old order without anything to retry is not kept longer', async () => {
  const world = createWorld()
  const { requestId } = await world.order('delete', localBody())
  await world.settle()
  world.advance(30 * day)
  await world.settle()
  const before = ends(world)

  const answer = await world.decide('retry', requestId)

  expect(answer.status).toBe(409)
  expect(ends(world)).toEqual(before)
})

describe('an unconfirmed submission without a decision', () => {
  const undecided = async (world: World) => {
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('delete', localBody())
    await world.pass(1_200)
    return requestId
  }

  test('is abandoned after 30 days, before it expires, and this is published, explained and kept', async () => {
    const world = createWorld()
    const requestId = await undecided(world)
    const { next } = await world.show(requestId)
    world.advance(30 * day - 1)
    await world.settle()
    const before = await world.show(requestId)
    world.advance(1)
    await world.settle()
    const given = await world.show(requestId)
    world.advance(10 * day)
    world.expire()

    expect(next).toMatchObject({ what: 'decision', why: expect.stringContaining('given up automatically on') })
    expect(Date.parse(next?.at ?? '')).toBe(world.now() - 10 * day * 1000)
    expect(before).toMatchObject({ status: 'unconfirmed' })
    expect(given).toMatchObject({
      status: 'expired',
      next: null,
      submissions: { items: [{ state: 'abandoned', decisions: [{ by: 'gateway', what: 'abandon' }] }] },
    })
    expect(await world.show(requestId)).toEqual(given)
    expect(await world.devices(requestId)).toMatchObject([{ status: 'expired' }])
    expect(world.topic.told().slice(-2)).toEqual(['device.failed expired 0', 'request.completed expired'])
    expect(await world.store.listAwaitingDecision(10)).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('is sent if it is retried after it was abandoned', async () => {
    const world = createWorld()
    const requestId = await undecided(world)
    world.advance(31 * day)
    await world.settle()

    await world.decide('retry', requestId)
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })
})
