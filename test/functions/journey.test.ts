import { describe, expect, test } from 'vitest'
import { account, eidOf, localBody, someDevices } from '../builders.ts'
import { acceptsInSilence, isDown, losesTheCall } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, killed, type World } from '../fakes/world.ts'

const key = 'one-order'
const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds
const undecided = { status: 'unconfirmed', next: { what: 'decision' } }
const minutes = (count: number) => count * 60

/** ThingSpace calls back for every device that it has accepted. */
async function callEverythingBack(world: World): Promise<void> {
  for (const { upstreamRequestId, call } of world.thingSpace.accepted) {
    await world.callback(call.devices.map((device) => aCallbackOf(upstreamRequestId, device)))
  }
}

/** The id of the only request. */
const onlyRequest = (world: World): string => world.requestIds()[0] ?? ''

describe.each(['delete', 'enable'])('submit-profile-action for %s, killed after one of its effects,', (action) => {
  const repeatable = action === 'enable'
  const effects = ['the device links', 'the commit', 'the POST', 'the outcome']

  test('has exactly four effects', async () => {
    const world = createWorld()

    await world.order(action, localBody())

    expect(world.effects()).toBe(effects.length)
  })

  test('stores and sends nothing if it dies before the commit, and a repeated call runs the order once', async () => {
    const world = createWorld()
    world.killBehind(1)
    expect(await world.run(() => world.submit(action, localBody(), { key }))).toBe(killed)
    expect(world.requestIds()).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(0)

    const again = await world.submit(action, localBody(), { key })

    expect(again).toMatchObject({ status: 202, body: { status: 'submitted' } })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  const fromTheCommit = effects.map((effect, index) => ({ effect, number: index + 1 })).slice(1)
  describe.each(fromTheCommit)('namely $effect,', ({ number }) => {
    const reachedThingSpace = number >= 3
    const outcomeKnown = number === 4

    async function killedThere(): Promise<World> {
      const world = createWorld()
      world.killBehind(number)
      expect(await world.run(() => world.submit(action, localBody(), { key }))).toBe(killed)
      return world
    }

    test('has stored the request, so that a repeated call returns the same request and sends nothing twice', async () => {
      const world = await killedThere()

      const again = await world.submit(action, localBody(), { key })

      expect(again).toMatchObject({
        status: 202,
        headers: { 'idempotent-replayed': 'true' },
        body: { requestId: onlyRequest(world), status: outcomeKnown ? 'submitted' : 'submitting' },
      })
      expect(world.thingSpace.calls).toHaveLength(reachedThingSpace ? 1 : 0)
    })

    test('completes the request by callbacks if ThingSpace received it', async () => {
      const world = await killedThere()
      await world.submit(action, localBody(), { key })
      world.advance(5)

      await callEverythingBack(world)
      await world.pass(minutes(30))
      await callEverythingBack(world)
      await world.pass(minutes(5))

      const view = await world.show(onlyRequest(world))
      expect(world.itemsOf('orphan')).toEqual([])
      expect(view).toMatchObject(reachedThingSpace || repeatable ? { status: 'succeeded', final: true } : undecided)
      expect(world.thingSpace.accepted).toHaveLength(reachedThingSpace || repeatable ? 1 : 0)
    })

    test('sends again without callbacks if the action is repeatable, and otherwise asks once for a decision', async () => {
      const world = await killedThere()

      await world.pass(minutes(40))

      const view = await world.show(onlyRequest(world))
      expect(view).toMatchObject(outcomeKnown || repeatable ? { status: 'submitted' } : undecided)
      expect(world.thingSpace.calls).toHaveLength((reachedThingSpace ? 1 : 0) + (repeatable && !outcomeKnown ? 1 : 0))
      expect(world.topic.told()).toEqual([
        outcomeKnown || repeatable ? 'request.submitted submitted' : 'request.unconfirmed unconfirmed',
      ])
    })
  })
})

describe('an attempt of retry-submission, killed after one of its effects,', () => {
  // The first attempt failed, so calls are limited.
  const effects = ['the slot', 'the claim', 'the POST', 'the outcome', 'the end of the slot']

  test.each(effects.map((effect, index) => ({ effect, number: index + 1 })))(
    'namely $effect, is not made twice when its work message returns',
    async ({ number }) => {
      const world = createWorld()
      world.thingSpace.will(isDown)
      const { requestId } = await world.order('delete', localBody())
      world.advance(4)

      world.killBehind(number)
      await world.deliver()
      world.advance(270)
      await world.deliver()
      await world.pass(minutes(40))

      expect(world.thingSpace.accepted).toHaveLength(number === 2 ? 0 : 1)
      expect(await world.show(requestId)).toMatchObject([2, 3].includes(number) ? undecided : { status: 'submitted' })
      expect(world.queue.length).toBe(0)
    },
  )
})

describe.each(['delete', 'enable'])('a bulk order to %s, killed after one of its first effects,', (action) => {
  const eids = Array.from({ length: 6 }, (_, index) => eidOf(index + 1))
  // Commit and work message for the part; then the submissions, their work messages, and for each the device links, a
  // claim, the POST and the outcome.
  test.each(Array.from({ length: 20 }, (_, index) => ({ number: index + 1 })))(
    'namely number $number, loses no device and repeats no non-repeatable action',
    async ({ number }) => {
      const world = createWorld({
        settings: { devicesPerSubmission: { local: 2, device: 2, global: 2, consumer: 2 } },
      })
      world.killBehind(number)
      const first = await world.run(() => world.submit(action, localBody(6), { key }))
      if (first === killed) await world.submit(action, localBody(6), { key })

      await world.pass(minutes(4))
      await callEverythingBack(world)
      await world.pass(minutes(40))
      await callEverythingBack(world)
      await world.pass(minutes(4))

      const requestId = onlyRequest(world)
      const accepted = world.thingSpace.acceptedEids().toSorted()
      const succeeded = (await world.devices(requestId, { status: 'succeeded' })).flatMap(
        ({ deviceIds }) => deviceIds.find(({ kind }) => kind === 'eid')?.id ?? [],
      )
      expect(succeeded).toEqual([...new Set(accepted)])
      expect(world.itemsOf('orphan')).toEqual([])
      const { status, devices, submissions } = await world.show(requestId)
      const known = action === 'delete' ? accepted : eids
      expect(succeeded).toEqual(known)
      expect({ status, open: devices.pending, undecided: submissions.awaitingDecision * 2 }).toEqual({
        status: known.length === eids.length ? 'succeeded' : 'unconfirmed',
        open: eids.length - known.length,
        undecided: eids.length - known.length,
      })
    },
  )
})

describe('an adoption, killed after one of its effects,', () => {
  test.each([
    { effect: 'the adoption', number: 1 },
    { effect: 'the removal of the orphan', number: 2 },
  ])('namely $effect, is completed by the next sweep', async ({ number }) => {
    const world = createWorld()
    // While the attempt is in flight, the callback may simply have arrived before the response.
    world.thingSpace.will(async () => {
      await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
      await world.stream()
      return acceptsInSilence
    })
    const { requestId } = await world.order('delete', localBody())
    world.advance(60)

    world.killBehind(number)
    const outcome = await world.sweep()
    await world.pass(120)

    expect(outcome).toBe(killed)
    expect(world.itemsOf('orphan')).toEqual([])
    expect(await world.storedStatus(requestId)).toBe('succeeded')
    expect(world.thingSpace.calls).toHaveLength(1)
    expect(world.topic.told()).toEqual(['device.succeeded succeeded 0', 'request.completed succeeded'])
  })
})

describe('from the order to the last result', () => {
  test('an ordinary order gets a warning and then success, and each step is readable and published once', async () => {
    const world = createWorld()
    const seen: string[] = []

    const { requestId } = await world.order('download_enable', localBody())
    for (const verdict of ['warning', 'succeeded'] as const) {
      await world.settle()
      seen.push((await world.devices(requestId))[0]?.status ?? '')
      world.advance(60)
      await world.callback(aCallbackOf('upstream-1', deviceAt(1), verdict))
    }
    await world.settle()
    seen.push((await world.devices(requestId))[0]?.status ?? '')

    expect(seen).toEqual(['pending', 'warning', 'succeeded'])
    expect(world.topic.told()).toEqual([
      'request.submitted submitted',
      'device.succeeded succeeded 0',
      'request.completed succeeded',
    ])
    expect(await world.store.listDue(Number.MAX_SAFE_INTEGER, 100)).toEqual([])
  })

  test('orders during an outage of one hour are accepted at once and sent afterwards in any order', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = isDown
    for (let index = 1; index <= 10; index += 1) {
      await world.order('delete', localBody(1, { devices: someDevices(1, index) }))
      await world.pass(minutes(6))
    }
    const duringTheOutage = world.thingSpace.accepted.length

    world.thingSpace.otherwise = ({ accountName }) => ({
      accepts: accountName === account,
      answers: (upstreamRequestId) => ({ kind: 'accepted', upstreamRequestId }),
    })
    await world.pass(minutes(20))
    await callEverythingBack(world)
    await world.settle()

    expect(duringTheOutage).toBe(0)
    expect(world.thingSpace.acceptedEids().toSorted()).toEqual(
      Array.from({ length: 10 }, (_, index) => eidOf(index + 1)),
    )
    expect(world.topic.told().filter((event) => event === 'request.completed succeeded')).toHaveLength(10)
  })

  test('an unconfirmed submission without callbacks is sent exactly once more after an operator decides to retry it', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('delete', localBody())
    await world.pass(minutes(60))
    const asked = await world.show(requestId)

    await world.decide('retry', requestId)
    await world.settle()
    await callEverythingBack(world)
    await world.settle()

    expect(asked).toMatchObject(undecided)
    expect(world.thingSpace.accepted).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    expect(world.topic.told()).toEqual([
      'request.unconfirmed unconfirmed',
      'request.submitted submitted',
      'device.succeeded succeeded 0',
      'request.completed succeeded',
    ])
  })

  test('a bulk order of 1,000 devices ends with a result for each device although many calls fail', async () => {
    const world = createWorld()
    world.thingSpace.will(isDown, acceptsInSilence, losesTheCall)
    const { requestId } = await world.order('enable', localBody(1_000))
    await world.settle()

    await world.pass(minutes(3))
    for (const { upstreamRequestId, call } of world.thingSpace.accepted) {
      const callbacks = call.devices.map((device, index) =>
        aCallbackOf(
          upstreamRequestId,
          device,
          index % 10 === 0 ? 'failed' : index % 10 === 1 ? 'warning' : 'succeeded',
        ),
      )
      await world.callback([...callbacks, ...callbacks.slice(0, 20)])
    }
    await world.pass(86_400 + minutes(10))

    expect(await world.show(requestId)).toMatchObject({
      status: 'partially_succeeded',
      devices: { total: 1_000, succeeded: 800, failed: 100, expired: 100, pending: 0, warning: 0, conflicts: 0 },
    })
    expect(world.itemsOf('orphan')).toEqual([])
    expect(new Set(world.thingSpace.acceptedEids()).size).toBe(1_000)
    expect(world.topic.told().filter((event) => event.startsWith('device'))).toHaveLength(1_000)
    expect(world.topic.told().at(-1)).toBe('request.completed partially_succeeded')
  })
})
