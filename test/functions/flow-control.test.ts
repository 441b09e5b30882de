import { describe, expect, test } from 'vitest'
import { createFlowControl, type Permit } from '../../lib/profile/flow-control/flow-control.ts'
import type { SubmissionOutcome } from '../../lib/profile/request/outcome.ts'
import { account, aSetting, eidOf, localBody, orderFor } from '../builders.ts'
import { accepts, isDown, isUnreachable, losesTheCall, refuses, throttles } from '../fakes/thing-space.ts'
import { bodyOf, createWorld, type World } from '../fakes/world.ts'

const accepted: SubmissionOutcome = { kind: 'accepted', upstreamRequestId: 'upstream' }
const overload: SubmissionOutcome = { kind: 'not-accepted', cause: 'unavailable', error: { status: 503 } }
const throttled: SubmissionOutcome = { kind: 'not-accepted', cause: 'throttled', error: { status: 429 } }

type Flow = { limit: number; failures: number; stops: number; slots: object; pause?: { until: number; why: string } }
const flowOf = (world: World, credentialSet = 'default') =>
  world.items().find(({ pk, sk }) => pk === `SESSION#${credentialSet}` && sk === 'FLOW') as Flow | undefined

/** An environment that asks for one call after another. */
function environment(world: World) {
  const flow = world.newFlow()
  const ask = (lane: 'single' | 'bulk' = 'single') => flow.ask({ accountName: account, lane, mayProbe: true })
  return {
    ask,
    async begin(lane: 'single' | 'bulk' = 'single'): Promise<Permit> {
      const asked = await ask(lane)
      if (asked.kind === 'hold') throw new Error(`held: ${asked.why}`)
      return asked
    },
    /** Makes a call that takes no time. */
    async call(outcome: SubmissionOutcome): Promise<'made' | 'held'> {
      const asked = await ask()
      if (asked.kind === 'hold') return 'held'
      asked.note(outcome, world.now())
      await asked.release()
      return 'made'
    },
  }
}

/** Lowers the limit of calls to this number, a power of two below 20. */
async function limitTo(world: World, limit: number) {
  const calls = environment(world)
  for (let round = 0; round < 10 && (flowOf(world)?.limit ?? 20) > limit; round += 1) {
    await calls.call(overload)
    world.advance(1)
  }
  expect(flowOf(world)).toMatchObject({ limit, stops: 0 })
}

describe('turns of calls, if the contract names a number of calls a minute', () => {
  const settings = aSetting({ callsPerMinute: 60 })

  test('hold a single order beyond that number, and send it later', async () => {
    const world = createWorld({ settings })
    const requestIds: string[] = []
    for (let index = 1; index <= 4; index += 1)
      requestIds.push((await world.order('enable', orderFor(index))).requestId)

    // The second has the turn after the first, and the others would wait for more than a second.
    expect(world.thingSpace.accepted).toHaveLength(2)
    await world.pass(60)
    expect(world.thingSpace.accepted).toHaveLength(4)
    for (const requestId of requestIds) expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('cost one write and half a read for each call', async () => {
    const unitsOf = async (callsPerMinute: number) => {
      const world = createWorld({ settings: aSetting({ callsPerMinute }) })
      await world.order('enable', orderFor(1))
      world.advance(1)
      const { readUnits, writeUnits } = world.meter()
      await world.order('enable', orderFor(2))
      return { reads: world.meter().readUnits - readUnits, writes: world.meter().writeUnits - writeUnits }
    }
    const [withTurns, without] = [await unitsOf(60), await unitsOf(0)]
    expect(withTurns.writes - without.writes).toBe(1)
    expect(withTurns.reads - without.reads).toBe(0.5)
  })

  test('are awaited before the call, by a bulk order until nobody is ahead of it', async () => {
    const world = createWorld({ settings })
    const waited: number[] = []
    const flow = createFlowControl({
      store: world.flows,
      credentialSetFor: () => 'default',
      settings,
      clock: world.now,
      random: () => 0,
      sleep: async (milliseconds) => {
        waited.push(milliseconds)
        world.advance(milliseconds / 1000)
      },
      log: world.log,
    })
    const ask = (lane: 'single' | 'bulk') => flow.ask({ accountName: account, lane, mayProbe: true })

    expect(await ask('bulk')).toMatchObject({ kind: 'go' })
    expect(await ask('single')).toMatchObject({ kind: 'go' })
    expect(waited).toEqual([750])
    expect(await ask('bulk')).toMatchObject({ kind: 'go' })
    expect(waited).toEqual([750, 1250])
  })
})

test('a pause that ThingSpace asks for is logged once, however many calls under way are answered so', async () => {
  const world = createWorld()
  const running = [await environment(world).begin(), await environment(world).begin(), await environment(world).begin()]
  for (const [index, permit] of running.entries()) {
    permit.note({ ...throttled, retryAfterSeconds: 600 + index }, world.now())
    world.advance(1)
    await permit.release()
  }
  const paused = world.log.lines.filter(({ message }) => message === 'calls paused')
  expect(paused).toMatchObject([{ fields: { credentialSet: 'default', pauseSeconds: 600 } }])
})

test('a pause that ThingSpace asks for as calls stop is logged as such', async () => {
  const world = createWorld()
  const calls = environment(world)
  for (let count = 0; count < 4; count += 1) await calls.call(overload)
  await calls.call({ ...throttled, retryAfterSeconds: 1800 })

  expect(flowOf(world)).toMatchObject({ stops: 1, pause: { until: world.now() + 1_800_000 } })
  expect(world.log.lines).toContainEqual(
    expect.objectContaining({ message: 'calls paused', fields: { credentialSet: 'default', pauseSeconds: 1800 } }),
  )
})

test('each pause that ThingSpace asks for is logged, also soon after another', async () => {
  const world = createWorld()
  for (let count = 1; count <= 3; count += 1) {
    const permit = await environment(world).begin()
    permit.note({ ...throttled, retryAfterSeconds: 30 }, world.now())
    await permit.release()
    world.advance(31)
  }
  const paused = world.log.lines.filter(({ message }) => message === 'calls paused')
  expect(paused.map(({ fields }) => fields['pauseSeconds'])).toEqual([30, 30, 30])
})

describe('calls without trouble', () => {
  test('write nothing about limits, and read the shared limit once in five seconds', async () => {
    const reads: number[] = []
    const world = createWorld({
      observe({ command, input }) {
        const { Key } = input as { Key?: { sk?: string } }
        if (command === 'GetCommand' && Key?.sk === 'FLOW') reads.push(world.now())
      },
    })
    for (let index = 1; index <= 6; index += 1) {
      await world.order('enable', orderFor(index))
      world.advance(2)
    }
    expect(flowOf(world)).toBeUndefined()
    expect(reads).toHaveLength(2)
  })

  test('are not limited by a refusal, because ThingSpace has answered', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = refuses()
    for (let index = 1; index <= 8; index += 1) await world.submit('enable', orderFor(index))
    expect(flowOf(world)).toBeUndefined()
  })
})

describe('the limit of calls', () => {
  test('is halved once for all calls that were under way together', async () => {
    const world = createWorld()
    const permits = await Promise.all(Array.from({ length: 20 }, () => environment(world).begin()))
    const startedAt = world.now()
    world.advance(2)
    for (const permit of permits.slice(0, 4)) {
      permit.note(overload, startedAt)
      await permit.release()
    }
    expect(flowOf(world)).toMatchObject({ limit: 10, failures: 1, stops: 0 })
  })

  test('is not lowered further by environments that have not heard of it yet', async () => {
    const world = createWorld()
    const unaware = Array.from({ length: 12 }, () => environment(world))
    for (const each of unaware) await (await each.begin()).release()
    await limitTo(world, 10)
    for (const each of unaware) {
      await each.call(throttled)
      world.advance(0.1)
    }
    expect(flowOf(world)).toMatchObject({ limit: 10, stops: 0 })
  })

  test.each([
    ['429', throttles()],
    ['503', isDown],
    ['no connection', isUnreachable],
    ['a lost connection', losesTheCall],
  ])('is halved after %s', async (_name, reaction) => {
    const world = createWorld()
    world.thingSpace.will(reaction)
    await world.submit('download', localBody())
    expect(flowOf(world)).toMatchObject({ limit: 10, failures: 1 })
  })

  test('rises by one after as many successes as the limit, until calls are not limited any more', async () => {
    const world = createWorld()
    await limitTo(world, 10)
    const calls = environment(world)
    const limits: number[] = []
    for (let count = 0; count < 10 + 11 + 12; count += 1) {
      await calls.call(accepted)
      limits.push(flowOf(world)!.limit)
    }
    expect([limits[8], limits[9], limits[20], limits[32]]).toEqual([10, 11, 12, 13])
    for (let count = 0; count < 200; count += 1) await calls.call(accepted)
    expect(flowOf(world)).toMatchObject({ limit: 20, failures: 0, slots: {} })
    const writes = world.meter().writeUnits
    for (let count = 0; count < 20; count += 1) await calls.call(accepted)
    expect(world.meter().writeUnits).toBe(writes)
  })

  test('stays at half of the number of calls that ThingSpace refused with 429, and rises again after a minute', async () => {
    const world = createWorld()
    await limitTo(world, 10)
    const calls = environment(world)
    const work = async (rounds: number) => {
      for (let count = 0; count < rounds; count += 1) await calls.call(accepted)
    }
    await calls.call(throttled)
    await work(50)
    world.advance(59)
    await work(50)
    expect(flowOf(world)).toMatchObject({ limit: 5 })
    world.advance(1)
    await work(50)
    expect(flowOf(world)!.limit).toBeGreaterThan(8)
  })

  test('stays at three quarters of a number that is refused again, each time twice as long', async () => {
    const world = createWorld()
    await limitTo(world, 10)
    const calls = environment(world)
    const work = async (rounds: number) => {
      for (let count = 0; count < rounds && flowOf(world)!.limit < 10; count += 1) await calls.call(accepted)
    }
    await calls.call(throttled)
    for (const [seconds, stays] of [
      [60, 5],
      [120, 7],
      [240, 7],
      [480, 7],
      [600, 7],
      [600, 7],
    ] as const) {
      for (let at = 20; at < seconds; at += 20) {
        world.advance(20)
        // A call is under way all the time, so the limit is not forgotten.
        await environment(world).begin()
        await work(40)
      }
      expect(flowOf(world)).toMatchObject({ limit: stays })
      world.advance(20)
      await work(80)
      expect(flowOf(world)).toMatchObject({ limit: 10 })
      await calls.call(throttled)
    }
  })

  test('learns nothing about the number of calls from an outage', async () => {
    const world = createWorld()
    const calls = environment(world)
    for (let count = 0; count < 12; count += 1) {
      await calls.call(throttled)
      world.advance(1)
    }
    expect(flowOf(world)).toMatchObject({ limit: 1, stops: 2 })
    world.advance(60)
    for (let count = 0; count < 60; count += 1) await calls.call(accepted)
    expect(flowOf(world)!.limit).toBeGreaterThan(9)
  })

  test('is forgotten ten minutes after the last trouble, also where few calls are made', async () => {
    const world = createWorld()
    await limitTo(world, 5)
    const calls = environment(world)
    await calls.call(accepted)
    world.advance(600)
    const writes = world.meter().writeUnits
    const asked = await Promise.all(Array.from({ length: 12 }, () => environment(world).ask()))
    expect(asked.map(({ kind }) => kind)).toEqual(Array(12).fill('go'))
    expect(world.meter().writeUnits).toBe(writes)
    await calls.call(overload)
    expect(flowOf(world)).toMatchObject({ limit: 10, failures: 1 })
  })

  test('is never exceeded by any number of environments that ask at the same time', async () => {
    const world = createWorld()
    await limitTo(world, 5)
    const asked = await Promise.all(Array.from({ length: 30 }, () => environment(world).ask()))
    const permits = asked.filter((each) => each.kind === 'go')
    expect(permits.length).toBeGreaterThan(0)
    expect(permits.length).toBeLessThanOrEqual(5)
    expect(Object.keys(flowOf(world)!.slots)).toHaveLength(permits.length)
    await Promise.all(permits.map((permit) => permit.release()))
    expect(flowOf(world)!.slots).toEqual({})
  })

  test('keeps a quarter of the calls for single orders', async () => {
    const world = createWorld()
    await limitTo(world, 5)
    const bulk: string[] = []
    for (let count = 0; count < 5; count += 1) bulk.push((await environment(world).ask('bulk')).kind)
    expect(bulk).toEqual(['go', 'go', 'go', 'hold', 'hold'])
    expect(await environment(world).ask('single')).toMatchObject({ kind: 'go' })
  })

  test('gives a slot of single orders to the retry of a few submissions of a bulk order', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses())
    const { requestId } = await world.order('enable', localBody(150))
    await world.settle()
    await limitTo(world, 5)
    for (let count = 0; count < 3; count += 1) await environment(world).begin('bulk')
    expect(await environment(world).ask('bulk')).toMatchObject({ kind: 'hold', why: 'busy' })
    world.advance(6)
    const before = world.thingSpace.accepted.length

    bodyOf(await world.decide('retry', requestId), 202)
    await world.deliver(1)

    expect(world.thingSpace.accepted).toHaveLength(before + 1)
  })

  test('gives a slot of single orders to the retry of a submission of a bulk order that is due already', async () => {
    const world = createWorld()
    world.thingSpace.will(isDown, isDown)
    const { requestId } = await world.order('enable', localBody(150))
    await world.settle()
    expect(await world.show(requestId)).toMatchObject({ status: 'retrying' })
    world.advance(60)
    await limitTo(world, 5)
    for (let count = 0; count < 3; count += 1) await environment(world).begin('bulk')
    const before = world.thingSpace.accepted.length

    bodyOf(await world.decide('retry', requestId), 202)
    await world.deliver(2)

    expect(world.thingSpace.accepted.length).toBeGreaterThan(before)
  })

  test('leaves bulk orders one call while a single order waits', async () => {
    const world = createWorld()
    await limitTo(world, 5)
    const running = []
    for (let count = 0; count < 3; count += 1) running.push(await environment(world).begin('bulk'))
    for (let count = 0; count < 2; count += 1) running.push(await environment(world).begin('single'))
    expect(await environment(world).ask('single')).toMatchObject({ kind: 'hold', why: 'busy' })
    for (const permit of running) await permit.release()
    expect(await environment(world).ask('bulk')).toMatchObject({ kind: 'go' })
    expect(await environment(world).ask('bulk')).toMatchObject({ kind: 'hold', why: 'busy' })
    for (let count = 0; count < 4; count += 1)
      expect(await environment(world).ask('single')).toMatchObject({ kind: 'go' })
    world.advance(61)
    expect(await environment(world).ask('bulk')).toMatchObject({ kind: 'go' })
    expect(await environment(world).ask('bulk')).toMatchObject({ kind: 'go' })
  })

  test('is not written for each single order that waits', async () => {
    const world = createWorld()
    await limitTo(world, 2)
    await environment(world).begin()
    await environment(world).begin()
    await environment(world).ask()
    const { writeUnits } = world.meter()
    for (let count = 0; count < 20; count += 1) await environment(world).ask()
    expect(world.meter().writeUnits).toBe(writeUnits)
  })

  test('gets back the slot of an environment that died, when its lease is over', async () => {
    const world = createWorld()
    await limitTo(world, 2)
    await environment(world).begin()
    await environment(world).begin()
    expect(await environment(world).ask()).toMatchObject({ kind: 'hold', why: 'busy' })
    world.advance(60)
    expect(await environment(world).ask()).toMatchObject({ kind: 'go' })
  })

  test('does not lose a slot to an environment that wakes up after its lease', async () => {
    const world = createWorld()
    await limitTo(world, 1)
    const frozen = await environment(world).begin()
    world.advance(61)
    await environment(world).begin()
    await frozen.release()
    expect(Object.keys(flowOf(world)!.slots)).toHaveLength(1)
    expect(await environment(world).ask()).toMatchObject({ kind: 'hold', why: 'busy' })
  })

  test('of one credential set does not concern another one', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(600))
    await world.submit('enable', localBody())
    const answer = await world.submit('enable', { ...orderFor(2), accountName: 'other' })
    expect(answer).toMatchObject({ status: 202, body: { status: 'submitted' } })
    expect(flowOf(world, 'other')).toBeUndefined()
  })

  test('does not stop orders if the table cannot be asked for it', async () => {
    const world = createWorld()
    world.faults.store = ({ command, input }) =>
      command === 'GetCommand' && (input as { Key: { sk: string } }).Key.sk === 'FLOW'
    expect(await world.submit('enable', localBody())).toMatchObject({ status: 202, body: { status: 'submitted' } })
  })
})

describe('Retry-After', () => {
  test('holds every order of the credential set, and none of them uses up an attempt', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(300))
    const first = await world.order('delete', localBody())
    const others = []
    for (let index = 2; index <= 5; index += 1) others.push(await world.order('delete', orderFor(index)))

    await world.pass(290)
    expect(world.thingSpace.calls).toHaveLength(1)
    for (const { requestId } of others) {
      expect(await world.show(requestId)).toMatchObject({
        status: 'queued',
        submissions: { items: [{ state: 'queued', attempt: 0, attempts: [] }] },
        next: { what: 'first-attempt', why: expect.stringContaining('ThingSpace asked the gateway to wait') as string },
      })
    }

    await world.pass(120)
    for (const { requestId } of [first, ...others])
      expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
    expect(world.thingSpace.calls).toHaveLength(6)
  })

  test('of more than an hour holds other orders for an hour only', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(86_400))
    await world.submit('delete', localBody())
    const { requestId } = await world.order('delete', orderFor(2))
    await world.pass(3_500)
    expect(world.thingSpace.calls).toHaveLength(1)
    await world.pass(300)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })
})

test('calls stop after ten failures in a row that do not say why, such as refused credentials', async () => {
  const world = createWorld()
  const calls = environment(world)
  for (let count = 0; count < 12; count += 1) {
    await calls.call({ kind: 'not-accepted', cause: 'credentials', error: {} })
    world.advance(1)
  }
  expect(flowOf(world)).toMatchObject({ failures: 10, stops: 1, limit: 1, pause: { why: 'failing' } })
})

describe('a credential set whose calls all fail', () => {
  const failing = async (world: World) => {
    world.thingSpace.otherwise = isDown
    for (let index = 1; index <= 20; index += 1) await world.submit('delete', orderFor(index))
  }

  test('makes one harmless call at a time, each after a longer pause, until ThingSpace is back', async () => {
    const world = createWorld()
    await failing(world)
    expect(flowOf(world)).toMatchObject({ limit: 1, pause: { why: 'failing' } })
    const before = world.thingSpace.calls.length
    await world.pass(7_200)
    // One probe each minute, and the first ones sooner. None of them is an order.
    expect(world.thingSpace.calls).toHaveLength(before)
    expect(world.thingSpace.probes).toBeGreaterThan(20)
    expect(world.thingSpace.probes).toBeLessThan(140)

    world.thingSpace.otherwise = accepts
    await world.pass(900)
    expect(world.thingSpace.accepted).toHaveLength(20)
    expect(flowOf(world)).toMatchObject({ failures: 0, stops: 0 })
    expect(flowOf(world)!.pause).toBeUndefined()
  })

  test('tries one order at a time if ThingSpace answers harmless calls, but takes no order', async () => {
    const world = createWorld()
    world.thingSpace.answersProbes = true
    await failing(world)
    const before = world.thingSpace.calls.length
    await world.pass(7_200)
    expect(world.thingSpace.calls.length - before).toBeGreaterThan(20)
    expect(world.thingSpace.calls.length - before).toBeLessThan(140)
    world.thingSpace.otherwise = accepts
    await world.pass(900)
    expect(world.thingSpace.accepted).toHaveLength(20)
  })

  test('leaves no order unconfirmed that was accepted after the stop, although no call is answered', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = losesTheCall
    for (let index = 1; index <= 30; index += 1) {
      await world.submit('delete', orderFor(index))
      world.advance(1)
    }
    await world.pass(7_200)
    const unconfirmed = world.itemsOf('submission').filter(({ state }) => state === 'unconfirmed')
    expect(unconfirmed.length).toBeLessThanOrEqual(6)
    world.thingSpace.otherwise = accepts
    await world.pass(900)
    expect(world.thingSpace.accepted).toHaveLength(30 - unconfirmed.length)
  })

  test('holds a new order, which is stored, explained, and sent when ThingSpace is back', async () => {
    const world = createWorld()
    await failing(world)
    const { requestId } = await world.order('delete', orderFor(30))
    const before = world.thingSpace.calls.length
    await world.settle()
    expect(world.thingSpace.calls).toHaveLength(before)
    expect(await world.show(requestId)).toMatchObject({
      status: 'queued',
      next: {
        what: 'first-attempt',
        why: expect.stringContaining('All recent calls with these credentials failed') as string,
      },
    })
    world.thingSpace.otherwise = accepts
    await world.pass(900)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
    expect(
      world.thingSpace.accepted.filter(({ call }) => JSON.stringify(call.devices).includes(eidOf(30))),
    ).toHaveLength(1)
  })

  test('neither logs nor sends more for orders that wait longer', async () => {
    const world = createWorld()
    await failing(world)
    await world.pass(3_600)
    const lines = world.log.lines.length
    const sent = world.queue.sent.length
    await world.pass(3_600)
    // 60 probes with their lines of attempt and stop, and the sweep each minute.
    expect(world.log.lines.length - lines).toBeLessThan(20 * 60)
    // 20 orders look after every two to four minutes.
    expect(world.queue.sent.length - sent).toBeLessThan(20 * 35)
  })

  test('is not stopped by failures between which ThingSpace answers', async () => {
    const world = createWorld()
    const calls = environment(world)
    for (let count = 0; count < 40; count += 1) {
      await calls.call(count % 4 === 3 ? accepted : overload)
      world.advance(1)
    }
    expect(flowOf(world)).toMatchObject({ stops: 0 })
    expect(flowOf(world)!.pause).toBeUndefined()
  })

  test('continues with a call that began before the stop and succeeds after all', async () => {
    const world = createWorld()
    const slow = await environment(world).begin()
    const startedAt = world.now()
    await failing(world)
    // It reads the shared limit again after five seconds.
    world.advance(6)
    slow.note(accepted, startedAt)
    await slow.release()
    expect(flowOf(world)).toMatchObject({ failures: 0, stops: 0 })
    expect(await environment(world).ask()).toMatchObject({ kind: 'go' })
  })
})

test('an order that is cancelled while it is held is never sent', async () => {
  const world = createWorld()
  world.thingSpace.will(throttles(300))
  await world.submit('delete', localBody())
  const { requestId } = await world.order('delete', orderFor(2))
  await world.settle()
  await world.decide('cancel', requestId)
  await world.pass(900)
  expect(await world.show(requestId)).toMatchObject({ status: 'cancelled' })
  expect(world.thingSpace.acceptedEids()).not.toContain(eidOf(2))
})

test('a held order whose work message is lost is sent by the sweep', async () => {
  const world = createWorld()
  world.thingSpace.will(throttles(60))
  await world.submit('delete', localBody())
  world.queue.isDown = true
  const { requestId } = await world.order('delete', orderFor(2))
  world.queue.isDown = false
  await world.pass(600)
  expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
})
