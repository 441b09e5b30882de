import { describe, expect, test } from 'vitest'
import { account, context, eidOf, iccidOf, localBody, sqsEvent } from '../builders.ts'
import {
  accepts,
  isDown,
  isUnreachable,
  losesTheCall,
  refuses,
  refusesCredentials,
  refusesOneDevice,
  type Step,
  throttles,
} from '../fakes/thing-space.ts'
import { createWorld, type World } from '../fakes/world.ts'

const pointerTo = (requestId: string, attempt: number, submission = 0) => ({
  kind: 'submission',
  requestId,
  submission,
  attempt,
})

/** An order whose first attempt was not accepted. Its next one is due within four seconds. */
async function waitingOrder(world: World, action = 'enable', body = localBody()): Promise<string> {
  world.thingSpace.will(isDown)
  const { requestId } = await world.order(action, body)
  return requestId
}

/** Runs one batch of messages, whatever the queue holds, and gives the indexes of those that failed. */
async function runBatch(world: World, bodies: unknown[]): Promise<number[]> {
  const event = sqsEvent(bodies)
  const { batchItemFailures } = await world.handlers.retry(event, context)
  return batchItemFailures.map(({ itemIdentifier }) =>
    event.Records.findIndex(({ messageId }) => messageId === itemIdentifier),
  )
}

const refusesThese =
  (...badEids: string[]): Step =>
  ({ devices }) =>
    devices.some((device) => device.some(({ id }) => badEids.includes(id))) ? refusesOneDevice() : accepts

describe('a submission that waits', () => {
  test('is tried when its time has come, and not before', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world)

    world.advance(3)
    await world.deliver()
    const tooEarly = world.thingSpace.calls.length
    world.advance(1)
    await world.deliver()

    expect(tooEarly).toBe(1)
    expect(world.thingSpace.accepted).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({
      status: 'submitted',
      submissions: {
        items: [
          {
            attempt: 2,
            attempts: [
              { attempt: 1, outcome: 'not-accepted', cause: 'unavailable', error: { status: 503 } },
              { attempt: 2, outcome: 'accepted', upstreamRequestId: 'upstream-1' },
            ],
          },
        ],
      },
    })
  })

  test.each([
    { about: 'the credentials are refused', reaction: refusesCredentials, cause: 'credentials' },
    { about: 'nothing can be reached', reaction: isUnreachable, cause: 'unreachable' },
    { about: 'it is throttled', reaction: throttles(), cause: 'throttled' },
  ])('goes on waiting while $about, ever longer', async ({ reaction, cause }) => {
    const world = createWorld()
    world.thingSpace.will(reaction, reaction, reaction, reaction)
    const { requestId } = await world.order('enable', localBody())

    await world.pass(60)

    const { submissions } = await world.show(requestId)
    expect(submissions.items[0]?.attempts.map((tried) => tried.cause ?? tried.outcome)).toEqual([
      ...Array.from({ length: 4 }, () => cause),
      'accepted',
    ])
    expect(world.queue.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([4, 7, 12, 22])
  })

  test('obeys the Retry-After of ThingSpace', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(120))
    const { requestId } = await world.order('enable', localBody())

    world.advance(119)
    await world.settle()
    const early = await world.show(requestId)
    world.advance(1)
    await world.settle()

    expect(early).toMatchObject({ status: 'retrying', submissions: { items: [{ attempt: 1 }] } })
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('longer than SQS can delay is sent on when it comes early', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(2_000))
    const { requestId } = await world.order('enable', localBody())

    for (const seconds of [900, 900, 199]) {
      world.advance(seconds)
      await world.deliver()
    }
    const early = world.thingSpace.calls.length
    world.advance(1)
    await world.deliver()

    expect(early).toBe(1)
    expect(world.queue.sent).toEqual(
      [900, 900, 200].map((delaySeconds) => ({ message: pointerTo(requestId, 1), delaySeconds })),
    )
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('ends as failed with its last attempt, a day after the order, and was never accepted', async () => {
    const world = createWorld({
      settings: { retry: { firstDelaySeconds: 5, capSeconds: 900, maximumAgeSeconds: 3_600 } },
    })
    world.thingSpace.otherwise = isDown
    const { requestId } = await world.order('enable', localBody())

    await world.pass(3_600)

    expect(await world.show(requestId)).toMatchObject({
      status: 'failed',
      final: true,
      next: null,
      devices: { failed: 1 },
      submissions: { byState: { exhausted: 1 }, items: [{ state: 'exhausted', error: { status: 503 } }] },
    })
    expect(await world.devices(requestId)).toMatchObject([{ status: 'failed', error: { status: 503 } }])
    expect(world.thingSpace.calls.length).toBeLessThan(20)
    expect(world.topic.told()).toEqual(['device.failed failed 0', 'request.completed failed'])
    expect(world.queue.length).toBe(0)
  })

  test('and whose work message comes after its age is given up without another attempt', async () => {
    const world = createWorld({ settings: { retry: { firstDelaySeconds: 5, capSeconds: 900, maximumAgeSeconds: 60 } } })
    const requestId = await waitingOrder(world)

    world.advance(61)
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'failed', submissions: { byState: { exhausted: 1 } } })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('is refused in the end, and says so', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world)
    world.thingSpace.will(refuses({ status: 400, code: 'REQUEST_FAILED.AccountNotFound' }))

    await world.pass(60)

    expect(await world.show(requestId)).toMatchObject({
      status: 'failed',
      submissions: { items: [{ state: 'rejected', error: { code: 'REQUEST_FAILED.AccountNotFound' } }] },
    })
  })

  test('and whose answer is lost is not tried once more', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world, 'delete')
    world.thingSpace.will(losesTheCall)

    await world.pass(600)

    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed', next: { what: 'callbacks' } })
    expect(world.thingSpace.calls).toHaveLength(2)
  })
})

describe('a work message', () => {
  test('that comes three times at once is one attempt', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world, 'delete')
    world.advance(10)

    const failed = await runBatch(world, [pointerTo(requestId, 1), pointerTo(requestId, 1), pointerTo(requestId, 1)])

    expect(failed).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('read by a worker that then sleeps through another’s attempt starts none of its own', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world, 'delete')
    world.advance(10)
    world.faults.store = async ({ command }) => {
      if (command !== 'PutCommand') return false
      delete world.faults.store
      world.thingSpace.will(isDown)
      await runBatch(world, [pointerTo(requestId, 1)])
      return false
    }

    const failed = await runBatch(world, [pointerTo(requestId, 1)])

    expect(failed).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({
      status: 'retrying',
      submissions: { items: [{ attempt: 2, attempts: [{ attempt: 1 }, { attempt: 2, cause: 'unavailable' }] }] },
    })
  })

  test.each([
    { about: 'of an attempt that is over', attempt: 0 },
    { about: 'of an attempt that has not been', attempt: 5 },
  ])('$about does nothing', async ({ attempt }) => {
    const world = createWorld()
    const requestId = await waitingOrder(world)
    world.advance(10)

    const failed = await runBatch(world, [pointerTo(requestId, attempt)])

    expect(failed).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'retrying' })
  })

  test('to what ThingSpace has already does nothing', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody())
    const stored = world.items()

    const failed = await runBatch(world, [pointerTo(requestId, 1), pointerTo(requestId, 0)])

    expect(failed).toEqual([])
    expect(world.items()).toEqual(stored)
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test.each([
    { about: 'a request that is gone', message: pointerTo('gone', 1) },
    { about: 'a part of a request that is gone', message: { kind: 'part', requestId: 'gone', part: 0 } },
  ])('to $about is no failure', async ({ message }) => {
    const world = createWorld()

    expect(await runBatch(world, [message])).toEqual([])
    expect(world.items()).toEqual([])
  })

  test('to a submission that nobody made does nothing', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world)

    expect(await runBatch(world, [pointerTo(requestId, 1, 99)])).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test.each(['not JSON', '{}', '{"kind":"submission","requestId":"id-1"}', '{"kind":"request","requestId":"id-1"}'])(
    'that is none, %s, fails alone among five',
    async (poison) => {
      const world = createWorld()
      const requests: string[] = []
      for (let count = 0; count < 4; count += 1) requests.push(await waitingOrder(world))
      world.advance(10)
      const [first, second, third, fourth] = requests.map((requestId) => pointerTo(requestId, 1))

      const failed = await runBatch(world, [first, second, poison, third, fourth])

      expect(failed).toEqual([2])
      expect(world.thingSpace.accepted).toHaveLength(4)
    },
  )

  test('whose submission cannot be read comes back, and does no harm then', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world, 'delete')
    world.advance(4)
    world.faults.store = ({ command }) => command === 'GetCommand'
    await world.deliver()
    delete world.faults.store
    world.advance(270)

    await world.deliver()

    expect(world.thingSpace.accepted).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
    expect(world.queue.length).toBe(0)
  })

  test('that fails again and again is set aside, and the sweep knows of the submission all the same', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world)
    world.faults.store = ({ command }) => command === 'GetCommand'
    for (let tries = 0; tries < 5; tries += 1) {
      world.advance(270)
      await world.deliver()
    }
    delete world.faults.store

    await world.pass(60)

    expect(world.queue.deadLetters).toEqual([JSON.stringify(pointerTo(requestId, 1))])
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('that could not be sent is made good by the sweep', async () => {
    const world = createWorld()
    world.queue.isDown = true
    const requestId = await waitingOrder(world)
    world.queue.isDown = false

    await world.pass(120)

    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
    expect(world.thingSpace.accepted).toHaveLength(1)
  })
})

describe('a bulk request', () => {
  const everyEid = (count: number) => Array.from({ length: count }, (_, index) => eidOf(index + 1))

  test('of 2,500 devices is sent in hundreds, each device once, in its order', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody(2_500))

    await world.deliver()

    expect(world.thingSpace.calls.map(({ devices }) => devices.length)).toEqual(Array.from({ length: 25 }, () => 100))
    expect(world.thingSpace.acceptedEids().toSorted()).toEqual(everyEid(2_500))
    expect(await world.show(requestId)).toMatchObject({
      status: 'submitted',
      devices: { total: 2_500, pending: 2_500 },
      submissions: { total: 25, byState: { submitted: 25 } },
    })
    expect(await world.devices(requestId, { limit: '1' })).toMatchObject([
      { position: 0, submission: 0, deviceIds: [{ id: eidOf(1) }, { id: iccidOf(1) }] },
    ])
  })

  test.each([
    { devicesPerSubmission: 1, devices: 1_050, submissions: 1_050 },
    { devicesPerSubmission: 7, devices: 1_050, submissions: 150 },
    { devicesPerSubmission: 300, devices: 2_500, submissions: 9 },
    { devicesPerSubmission: 1_700, devices: 2_500, submissions: 2 },
  ])(
    'of $devices devices, $devicesPerSubmission a submission, is sent whole',
    async ({ devicesPerSubmission: each, devices, submissions }) => {
      const world = createWorld({
        settings: { devicesPerSubmission: { local: each, device: each, global: each, consumer: each } },
      })
      const { requestId } = await world.order('delete', localBody(devices))

      await world.deliver()

      expect(world.thingSpace.accepted).toHaveLength(submissions)
      expect(world.thingSpace.acceptedEids().toSorted()).toEqual(everyEid(devices))
      expect(await world.show(requestId)).toMatchObject({
        status: 'submitted',
        submissions: { total: submissions, byState: { submitted: submissions } },
      })
    },
  )

  test('whose parts come twice, at once and later, is sent once', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody(1_200))
    const parts = [0, 1].map((part) => ({ kind: 'part', requestId, part }))
    for (const part of parts) world.queue.put(part)

    await world.deliver()
    for (const part of parts) world.queue.put(part)
    await world.deliver()

    expect(world.itemsOf('submission')).toHaveLength(12)
    expect(world.thingSpace.calls).toHaveLength(12)
    expect(world.thingSpace.acceptedEids().toSorted()).toEqual(everyEid(1_200))
  })

  test('part of which fails on the way is finished when its message comes again', async () => {
    const world = createWorld()
    await world.order('delete', localBody(500))
    let writes = 0
    world.faults.store = ({ command }) => command === 'PutCommand' && (writes += 1) > 2
    await world.deliver()
    delete world.faults.store

    await world.pass(300)

    expect(world.thingSpace.acceptedEids().toSorted()).toEqual(everyEid(500))
  })

  test('waits in those submissions alone that were not accepted', async () => {
    const world = createWorld()
    world.thingSpace.will(accepts, throttles(300), accepts)
    const { requestId } = await world.order('delete', localBody(300))

    await world.deliver()

    expect(await world.show(requestId)).toMatchObject({
      status: 'retrying',
      submissions: { byState: { submitted: 2, waiting: 1 } },
    })
  })
})

describe('a submission that is refused for one of its devices', () => {
  test('is split until the device to blame stands alone; every other is accepted once', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = refusesThese(eidOf(5))
    const { requestId } = await world.order('delete', localBody(8))

    await world.settle()

    expect(world.thingSpace.acceptedEids().toSorted()).toEqual([1, 2, 3, 4, 6, 7, 8].map((index) => eidOf(index)))
    expect(await world.show(requestId)).toMatchObject({
      status: 'submitted',
      devices: { failed: 1, pending: 7 },
      submissions: { total: 4, byState: { submitted: 3, rejected: 1 } },
    })
    expect(await world.devices(requestId, { status: 'failed' })).toMatchObject([
      { position: 4, error: { code: 'REQUEST_FAILED.DeviceNotFound', message: 'The device could not be found.' } },
    ])
  })

  test('with nothing but bad ones ends as failed, after two calls a device at most', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = refusesOneDevice()
    const { requestId } = await world.order('delete', localBody(8))

    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'failed', devices: { failed: 8 } })
    expect(world.thingSpace.calls).toHaveLength(15)
  })

  test('in a bulk request leaves the other submissions alone', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = refusesThese(eidOf(150), eidOf(151))
    const { requestId } = await world.order('delete', localBody(300))

    await world.settle()

    expect(world.thingSpace.acceptedEids()).toHaveLength(298)
    expect(new Set(world.thingSpace.acceptedEids()).size).toBe(298)
    expect((await world.devices(requestId, { status: 'failed' })).map(({ position }) => position)).toEqual([149, 150])
  })

  test('is not split when an earlier answer of it was lost: a person decides', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall, refusesOneDevice())
    const { requestId } = await world.order('enable', localBody(4))

    await world.pass(180)

    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed', next: { what: 'decision' } })
  })
})

test('writes the device links of a request before calling ThingSpace', async () => {
  const world = createWorld()
  const known: number[] = []
  world.thingSpace.otherwise = () => {
    known.push(world.itemsOf('link').length)
    return accepts
  }
  await world.order('delete', localBody(300))

  await world.deliver()

  expect(known.toSorted((a, b) => a - b)[0]).toBeGreaterThanOrEqual(200)
  expect(world.itemsOf('link')).toHaveLength(600)
  expect(world.itemsOf('link')[0]).toMatchObject({ accountName: account, action: 'delete' })
})
