import { describe, expect, test } from 'vitest'
import { account, localBody, someDevices } from '../builders.ts'
import { unlimited } from '../fakes/flow-control.ts'
import { isDown, losesTheCall, refuses, refusesOneDevice, throttles } from '../fakes/thing-space.ts'
import { bodyOf, createWorld, type World } from '../fakes/world.ts'
import { opsBench } from '../ops/bench.ts'

const other = '0000654321-00002'

/** The lanes of the work messages that were sent since the last call, each with its account. */
function sentBy(world: World) {
  const sent = world.queue.sent.map(({ message, lane, accountName }) => ({ kind: message.kind, lane, accountName }))
  world.queue.sent.length = 0
  return sent
}
const lanesOf = (world: World) => sentBy(world).map(({ kind, lane }) => `${kind} ${lane}`)
const times = (count: number, what: string) => Array.from({ length: count }, () => what)

/** An order of 1,500 devices, 15 submissions of which ThingSpace refused the first ones. */
async function refusedInPart(world: World, refused: number): Promise<string> {
  world.thingSpace.will(...Array.from({ length: refused }, () => refuses()))
  const { requestId } = await world.order('enable', localBody(1_500))
  await world.settle()
  world.queue.sent.length = 0
  return requestId
}

/** Single deletions of which nobody knows whether ThingSpace received them. */
async function undecided(world: World, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 1; index <= count; index += 1) {
    world.thingSpace.will(losesTheCall)
    ids.push((await world.order('delete', localBody(1, { devices: someDevices(1, index) }))).requestId)
  }
  await world.pass(1300)
  world.queue.sent.length = 0
  return ids
}

test('the retry of a single order is sent before the waiting submissions of a bulk order', async () => {
  const world = createWorld()
  const bulk = await world.order('enable', localBody(2_500))
  await world.deliver(3)
  expect(await world.show(bulk.requestId)).toMatchObject({ submissions: { total: 25 }, devices: { pending: 2_500 } })
  expect(world.queue.length).toBe(25)
  world.thingSpace.will(isDown)
  const single = await world.order('enable', localBody(1))
  world.advance(4)

  await world.deliver(2)

  expect(await world.show(single.requestId)).toMatchObject({ status: 'submitted' })
  expect(world.thingSpace.accepted.length).toBeLessThanOrEqual(2)
  expect(world.queue.length).toBeGreaterThan(20)
})

describe('the lane of a work message', () => {
  test('is that of single orders for the retry of an order in one submission', async () => {
    const world = createWorld()
    world.thingSpace.will(isDown, isDown)
    await world.order('enable', localBody(100))
    world.advance(60)
    await world.deliver()

    expect(sentBy(world)).toEqual([
      { kind: 'submission', lane: 'single', accountName: account },
      { kind: 'submission', lane: 'single', accountName: account },
    ])
  })

  test('is that of bulk orders for the parts of a bulk order, its submissions and their retries', async () => {
    const world = createWorld()
    await world.order('enable', localBody(150, { accountName: other }))
    expect(sentBy(world)).toEqual([{ kind: 'part', lane: 'bulk', accountName: other }])

    world.thingSpace.will(isDown)
    await world.deliver()

    expect(sentBy(world)).toEqual([
      { kind: 'submission', lane: 'bulk', accountName: other },
      { kind: 'submission', lane: 'bulk', accountName: other },
      { kind: 'submission', lane: 'bulk', accountName: other },
    ])
  })

  test('is that of the order for a message that arrived early and for one that the sweep sends again', async () => {
    const world = createWorld()
    world.queue.isDown = true
    await world.order('enable', localBody(150))
    world.thingSpace.will(isDown)
    await world.order('enable', localBody(1, { devices: someDevices(1, 500) }))
    world.queue.isDown = false
    world.advance(120)

    await world.sweep()

    expect(lanesOf(world).toSorted()).toEqual(['part bulk', 'submission single'])
  })

  test('is that of the order for the second half of a refused submission', async () => {
    const world = createWorld()
    world.thingSpace.will(refusesOneDevice())
    await world.order('enable', localBody(2))
    expect(lanesOf(world)).toEqual(times(2, 'submission single'))

    await world.settle()
    world.queue.sent.length = 0
    world.thingSpace.will(refusesOneDevice())
    await world.order('enable', localBody(150))
    await world.deliver()
    expect(new Set(lanesOf(world))).toEqual(new Set(['part bulk', 'submission bulk']))
  })

  test('is that of single orders for a reorder that fits into one submission, and else that of bulk orders', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses())
    const { requestId: small } = bodyOf(await world.submit('enable', localBody(2)), 400) as { requestId: string }
    await world.settle()
    expect(bodyOf(await world.decide('reorder', small), 202)).toMatchObject({ reorderOf: small })
    expect(lanesOf(world)).toEqual(['part single'])

    await world.settle()
    const large = await refusedInPart(world, 2)
    expect(bodyOf(await world.decide('reorder', large), 202)).toMatchObject({ devices: { total: 200 } })
    expect(lanesOf(world)).toEqual(['part bulk'])
  })
})

describe('a decision about a few submissions of a bulk order', () => {
  test('uses the lane of single orders for up to ten submissions, and for their automatic retries, halves and repeated messages', async () => {
    const world = createWorld()
    const requestId = await refusedInPart(world, 10)

    bodyOf(await world.decide('retry', requestId), 202)
    expect(lanesOf(world)).toEqual(times(10, 'submission single'))

    world.thingSpace.will(isDown)
    await world.deliver()
    expect(lanesOf(world)).toEqual(['submission single'])
    world.thingSpace.will(refusesOneDevice())
    world.advance(60)
    await world.deliver(1)
    expect(lanesOf(world)).toEqual(times(2, 'submission single'))

    world.queue.isDown = true
    world.thingSpace.will(isDown)
    await world.deliver(1)
    world.queue.isDown = false
    await world.pass(600)
    expect(new Set(lanesOf(world))).toEqual(new Set(['submission single']))
  })

  test('keeps the lane of single orders while calls are held', async () => {
    const world = createWorld()
    const requestId = await refusedInPart(world, 2)
    world.thingSpace.will(throttles(30))
    await world.order('enable', localBody(1, { devices: someDevices(1, 2_000) }))
    world.queue.sent.length = 0
    // Each environment notices it within five seconds.
    world.advance(6)
    bodyOf(await world.decide('retry', requestId), 202)

    await world.deliver(2)

    expect(world.thingSpace.accepted).toHaveLength(13)
    expect(lanesOf(world)).toEqual(times(4, 'submission single'))
  })

  test('uses the lane of bulk orders for eleven', async () => {
    const world = createWorld()
    const requestId = await refusedInPart(world, 11)
    bodyOf(await world.decide('retry', requestId), 202)
    expect(lanesOf(world)).toEqual(times(11, 'submission bulk'))
  })
})

test.each([
  { count: 10, lane: 'single' },
  { count: 11, lane: 'bulk' },
])('a plan about $count single orders uses the lane $lane', async ({ count, lane }) => {
  const world = createWorld({ flow: unlimited })
  await undecided(world, count)
  const body = { answer: 'retry', filter: { accountName: account } }
  const plan = bodyOf(await world.plan('/v1/decisions/plans', { body }), 201) as Record<string, string>
  const { planId = '', digest } = plan
  const call = { path: { planId }, body: { digest, count } }
  bodyOf(await world.plan('/v1/decisions/plans/{planId}/execute', call), 200)
  expect(lanesOf(world)).toEqual(times(count, `submission ${lane}`))
})

test.each([
  { count: 10, lane: 'single' },
  { count: 11, lane: 'bulk' },
])('ops retry of $count single orders uses the lane $lane', async ({ count, lane }) => {
  const world = createWorld({ flow: unlimited })
  await undecided(world, count)
  await opsBench(world).ops('retry --state awaiting-decision')
  expect(lanesOf(world)).toEqual(times(count, `submission ${lane}`))
})
