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
import { unlimited } from '../fakes/flow-control.ts'
import { createWorld, type World } from '../fakes/world.ts'

const workMessageFor = (requestId: string, attempt: number, submission = 0) => ({
  kind: 'submission',
  requestId,
  submission,
  attempt,
})

/** An order whose first attempt was not accepted. The next one is due within four seconds. */
async function waitingOrder(world: World, action = 'enable', body = localBody()): Promise<string> {
  world.thingSpace.will(isDown)
  const { requestId } = await world.order(action, body)
  return requestId
}

/** Runs one batch of messages, whatever the queue contains. Returns the indexes that failed. */
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

describe('a waiting submission', () => {
  test('is sent when its next attempt is due, and not before', async () => {
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
    { about: 'ThingSpace cannot be reached', reaction: isUnreachable, cause: 'unreachable' },
    { about: 'ThingSpace throttles', reaction: throttles(), cause: 'throttled' },
  ])('is attempted at growing intervals while $about', async ({ reaction, cause }) => {
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

  test('waits for the Retry-After that ThingSpace sent', async () => {
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

  test('that waits longer than SQS can delay a message gets a new work message each time one arrives early', async () => {
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
      [900, 900, 200].map((delaySeconds) => ({
        message: workMessageFor(requestId, 1),
        delaySeconds,
        lane: 'single',
        accountName: account,
      })),
    )
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('fails after the last attempt, 24 hours after the order at most', async () => {
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

  test('whose work message arrives after the maximum age is given up without another attempt', async () => {
    const world = createWorld({ settings: { retry: { firstDelaySeconds: 5, capSeconds: 900, maximumAgeSeconds: 60 } } })
    const requestId = await waitingOrder(world)

    world.advance(61)
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'failed', submissions: { byState: { exhausted: 1 } } })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('becomes rejected if ThingSpace refuses a later attempt', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world)
    world.thingSpace.will(refuses({ status: 400, code: 'REQUEST_FAILED.AccountNotFound' }))

    await world.pass(60)

    expect(await world.show(requestId)).toMatchObject({
      status: 'failed',
      submissions: { items: [{ state: 'rejected', error: { code: 'REQUEST_FAILED.AccountNotFound' } }] },
    })
  })

  test('becomes unconfirmed if the response to a later attempt is lost, and is not sent again', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world, 'delete')
    world.thingSpace.will(losesTheCall)

    await world.pass(600)

    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed', next: { what: 'callbacks' } })
    expect(world.thingSpace.calls).toHaveLength(2)
  })
})

describe('a work message', () => {
  test('that arrives three times at once starts one attempt', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world, 'delete')
    world.advance(10)

    const failed = await runBatch(world, [
      workMessageFor(requestId, 1),
      workMessageFor(requestId, 1),
      workMessageFor(requestId, 1),
    ])

    expect(failed).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('does not start an attempt if another worker completed one while this worker was suspended', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world, 'delete')
    world.advance(10)
    world.faults.store = async ({ command }) => {
      if (command !== 'PutCommand') return false
      delete world.faults.store
      world.thingSpace.will(isDown)
      await runBatch(world, [workMessageFor(requestId, 1)])
      return false
    }

    const failed = await runBatch(world, [workMessageFor(requestId, 1)])

    expect(failed).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({
      status: 'retrying',
      submissions: { items: [{ attempt: 2, attempts: [{ attempt: 1 }, { attempt: 2, cause: 'unavailable' }] }] },
    })
  })

  test.each([
    { about: 'for a completed attempt', attempt: 0 },
    { about: 'for a future attempt', attempt: 5 },
  ])('$about is ignored', async ({ attempt }) => {
    const world = createWorld()
    const requestId = await waitingOrder(world)
    world.advance(10)

    const failed = await runBatch(world, [workMessageFor(requestId, attempt)])

    expect(failed).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'retrying' })
  })

  test('is ignored for a submission that ThingSpace has already accepted', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody())
    const stored = world.items()

    const failed = await runBatch(world, [workMessageFor(requestId, 1), workMessageFor(requestId, 0)])

    expect(failed).toEqual([])
    expect(world.items()).toEqual(stored)
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test.each([
    { about: 'a deleted request', message: workMessageFor('gone', 1) },
    { about: 'a part of a deleted request', message: { kind: 'part', requestId: 'gone', part: 0 } },
  ])('for $about is deleted without an error', async ({ message }) => {
    const world = createWorld()

    expect(await runBatch(world, [message])).toEqual([])
    expect(world.items()).toEqual([])
  })

  test('for a submission that does not exist is ignored', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world)

    expect(await runBatch(world, [workMessageFor(requestId, 1, 99)])).toEqual([])
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test.each(['not JSON', '{}', '{"kind":"submission","requestId":"id-1"}', '{"kind":"request","requestId":"id-1"}'])(
    'that is malformed, %s, fails alone in a batch of five',
    async (poison) => {
      const world = createWorld({ flow: unlimited })
      const requests: string[] = []
      for (let count = 0; count < 4; count += 1) requests.push(await waitingOrder(world))
      world.advance(10)
      const [first, second, third, fourth] = requests.map((requestId) => workMessageFor(requestId, 1))

      const failed = await runBatch(world, [first, second, poison, third, fourth])

      expect(failed).toEqual([2])
      expect(world.thingSpace.accepted).toHaveLength(4)
    },
  )

  test('returns to the queue if the submission cannot be read, and is processed once', async () => {
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

  test('that fails repeatedly goes to the dead-letter queue, and the sweep still retries the submission', async () => {
    const world = createWorld()
    const requestId = await waitingOrder(world)
    world.faults.store = ({ command }) => command === 'GetCommand'
    for (let tries = 0; tries < 5; tries += 1) {
      world.advance(270)
      await world.deliver()
    }
    delete world.faults.store

    await world.pass(60)

    expect(world.queue.deadLetters).toEqual([JSON.stringify(workMessageFor(requestId, 1))])
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('that could not be sent is replaced by the sweep', async () => {
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

  test('of 2,500 devices is sent in hundreds, each device once, in the order of the request', async () => {
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
    'of $devices devices is sent completely with $devicesPerSubmission devices per submission',
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

  test('is sent once although the work messages for its parts arrive several times', async () => {
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

  test('is sent completely after a part has failed midway and its work message has returned', async () => {
    const world = createWorld()
    await world.order('delete', localBody(500))
    let writes = 0
    world.faults.store = ({ command }) => command === 'PutCommand' && (writes += 1) > 2
    await world.deliver()
    delete world.faults.store

    await world.pass(300)

    expect(world.thingSpace.acceptedEids().toSorted()).toEqual(everyEid(500))
  })

  test('waits only for the submissions that were not accepted', async () => {
    const world = createWorld({ flow: unlimited })
    world.thingSpace.will(accepts, throttles(300), accepts)
    const { requestId } = await world.order('delete', localBody(300))

    await world.deliver()

    expect(await world.show(requestId)).toMatchObject({
      status: 'retrying',
      submissions: { byState: { submitted: 2, waiting: 1 } },
    })
  })
})

describe('a submission that ThingSpace refuses because of one device', () => {
  test('is split until only the bad device is refused, and every other device is accepted once', async () => {
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

  test('fails if every device is refused, after at most two calls per device', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = refusesOneDevice()
    const { requestId } = await world.order('delete', localBody(8))

    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'failed', devices: { failed: 8 } })
    expect(world.thingSpace.calls).toHaveLength(15)
  })

  test('does not affect the other submissions of a bulk request', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = refusesThese(eidOf(150), eidOf(151))
    const { requestId } = await world.order('delete', localBody(300))

    await world.settle()

    expect(world.thingSpace.acceptedEids()).toHaveLength(298)
    expect(new Set(world.thingSpace.acceptedEids()).size).toBe(298)
    expect((await world.devices(requestId, { status: 'failed' })).map(({ position }) => position)).toEqual([149, 150])
  })

  test('waits for a decision instead of being split if an earlier response was lost', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall, refusesOneDevice())
    const { requestId } = await world.order('enable', localBody(4))

    await world.pass(180)

    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed', next: { what: 'decision' } })
  })
})

test('retry-submission writes the device links of a request before calling ThingSpace', async () => {
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
