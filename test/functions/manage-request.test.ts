import { describe, expect, test } from 'vitest'
import type { SubmissionState } from '../../lib/profile/request/states.ts'
import { account, apiEvent, context, eidOf, localBody, someDevices, sqsEvent } from '../builders.ts'
import { unlimited } from '../fakes/flow-control.ts'
import { accepts, acceptsInSilence, isDown, losesTheCall, refuses, throttles } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, killed, type World } from '../fakes/world.ts'

const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds
const workMessageFor = (requestId: string, attempt: number) => ({
  kind: 'submission',
  requestId,
  submission: 0,
  attempt,
})
const eachInItsOwn = { devicesPerSubmission: { local: 1, device: 1, global: 1, consumer: 1 } }

/** Creates the submissions of a bulk order's first part without sending any. */
const expandFirstPart = (world: World, requestId: string) =>
  world.handlers.retry(sqsEvent([{ kind: 'part', requestId, part: 0 }]), context)

/** The items of the table without the audit. */
const unaudited = (world: World) =>
  world.items().filter(({ entity }) => entity !== 'audit' && entity !== 'audit-outcome')

type Situation = SubmissionState | 'awaiting decision'

/** Brings an order of a non-repeatable action into a state. Returns its id. */
const situations: Record<Situation, (world: World) => Promise<string>> = {
  async queued(world) {
    const { requestId } = await world.order('delete', localBody(101))
    await expandFirstPart(world, requestId)
    return requestId
  },
  async submitting(world) {
    // Killed after the commit and the device links, before the POST.
    world.killBehind(2)
    await world.run(() => world.submit('delete', localBody()))
    return 'id-1'
  },
  async waiting(world) {
    world.thingSpace.will(throttles(600))
    return (await world.order('delete', localBody())).requestId
  },
  async unconfirmed(world) {
    world.thingSpace.will(losesTheCall)
    return (await world.order('delete', localBody())).requestId
  },
  async 'awaiting decision'(world) {
    const requestId = await situations.unconfirmed(world)
    await world.pass(1_200)
    return requestId
  },
  submitted: async (world) => (await world.order('delete', localBody())).requestId,
  async rejected(world) {
    world.thingSpace.will(refuses())
    await world.submit('delete', localBody())
    return 'id-1'
  },
  async exhausted(world) {
    world.thingSpace.will(throttles(100_000))
    return (await world.order('delete', localBody())).requestId
  },
  async cancelled(world) {
    const requestId = await situations.waiting(world)
    await world.decide('cancel', requestId)
    return requestId
  },
  async abandoned(world) {
    const requestId = await situations['awaiting decision'](world)
    await world.decide('cancel', requestId, { body: { abandonUnconfirmed: true } })
    return requestId
  },
}

const stateOf = async (world: World, requestId: string) => (await world.show(requestId)).submissions.items[0]?.state

describe('a retry of a submission in the state', () => {
  test.each<{ situation: Situation }>([
    { situation: 'waiting' },
    { situation: 'unconfirmed' },
    { situation: 'awaiting decision' },
    { situation: 'rejected' },
    { situation: 'exhausted' },
    { situation: 'abandoned' },
  ])('$situation sends it again at once, exactly once', async ({ situation }) => {
    const world = createWorld({ flow: unlimited })
    const requestId = await situations[situation](world)
    const callsBefore = world.thingSpace.calls.length

    const answer = await world.decide('retry', requestId)
    await world.settle()
    await world.pass(1_800)

    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/v1/requests/${requestId}`, 'retry-after': '1' },
      body: { requestId, status: 'retrying', final: false, next: { what: 'retry' } },
    })
    expect(world.thingSpace.calls.length - callsBefore).toBe(1)
    expect(world.thingSpace.accepted).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test.each<{ situation: Situation; detail: string }>([
    { situation: 'queued', detail: 'its submissions are queued' },
    { situation: 'submitting', detail: 'its submissions are submitting' },
    { situation: 'submitted', detail: 'its submissions are submitted' },
    { situation: 'cancelled', detail: 'the request was cancelled' },
  ])('$situation is refused with 409 and changes nothing', async ({ situation, detail }) => {
    const world = createWorld()
    const requestId = await situations[situation](world)
    const stored = world.items()

    const answer = await world.decide('retry', requestId)

    expect(answer).toMatchObject({ status: 409, body: { code: 'nothing-to-retry', requestId, detail } })
    expect(world.items()).toEqual(stored)
  })

  test('awaiting decision sends a non-repeatable action exactly once, however often the decision and the work message arrive', async () => {
    const world = createWorld()
    const requestId = await situations['awaiting decision'](world)

    const answers = await Promise.all([world.decide('retry', requestId), world.decide('retry', requestId)])
    world.queue.put(workMessageFor(requestId, 1))
    world.queue.put(workMessageFor(requestId, 1))
    await world.settle()
    const late = await world.decide('retry', requestId)

    expect(answers.map(({ status }) => status)).toContain(202)
    expect(late.status).toBe(409)
    expect(world.thingSpace.accepted).toHaveLength(1)
  })

  test('rejected reopens a failed request, and events report both outcomes', async () => {
    const world = createWorld()
    const requestId = await situations.rejected(world)
    await world.settle()
    const failed = await world.show(requestId)

    await world.decide('retry', requestId)
    await world.settle()
    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()

    expect(failed).toMatchObject({ status: 'failed', final: true })
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    expect(world.topic.told()).toEqual([
      'device.failed failed 0',
      'request.completed failed',
      'request.submitted submitted',
      'device.succeeded succeeded 0',
      'request.completed succeeded',
    ])
  })

  test('exhausted allows attempts for another day', async () => {
    const world = createWorld()
    const requestId = await situations.exhausted(world)
    world.advance(90_000)
    world.thingSpace.otherwise = isDown

    await world.decide('retry', requestId)
    await world.pass(3_600)

    expect(await world.show(requestId)).toMatchObject({ status: 'retrying' })
  })
})

describe('a retry after ThingSpace has called back', () => {
  /** The callback of a lost response, which arrives before the response is known to be lost. */
  const callsBackInTime =
    (world: World, upstream: string, index: number, identifiers = deviceAt(index)) =>
    async () => {
      await world.callback(aCallbackOf(upstream, identifiers))
      await world.stream()
      return acceptsInSilence
    }
  const iccidAlone = (index: number) => deviceAt(index).filter(({ kind }) => kind === 'iccid')

  test.each([
    { about: 'by its EID and ICCID', identifiers: deviceAt(3) },
    { about: 'by its ICCID alone', identifiers: iccidAlone(3) },
  ])('$about adopts the callback and sends nothing', async ({ identifiers }) => {
    const world = createWorld()
    world.thingSpace.will(callsBackInTime(world, 'upstream-1', 3, identifiers))
    const { requestId, status } = await world.order('delete', localBody(4))

    const answer = await world.decide('retry', requestId)
    await world.settle()

    expect(status).toBe('unconfirmed')
    expect(answer).toMatchObject({ status: 202, body: { status: 'submitted', devices: { succeeded: 1, pending: 3 } } })
    expect(await world.devices(requestId, { status: 'succeeded' })).toMatchObject([
      { position: 2, result: { provenance: 'adopted' } },
    ])
    expect(world.thingSpace.calls).toHaveLength(1)
    expect(world.itemsOf('orphan')).toEqual([])
    expect((await world.decide('retry', requestId)).status).toBe(409)
  })

  test('about one of many submissions adopts the callback and sends the other submissions', async () => {
    const world = createWorld()
    world.thingSpace.will(callsBackInTime(world, 'upstream-1', 42))
    world.thingSpace.otherwise = losesTheCall
    const { requestId } = await world.order('delete', localBody(300))
    await world.deliver()

    const answer = await world.decide('retry', requestId)

    expect(answer).toMatchObject({ status: 202, body: { submissions: { byState: { submitted: 1, waiting: 2 } } } })
    expect(world.itemsOf('orphan')).toEqual([])
  })

  test('about an abandoned submission adopts the callback', async () => {
    const world = createWorld()
    world.thingSpace.will(callsBackInTime(world, 'upstream-1', 1))
    const { requestId } = await world.order('delete', localBody())
    await world.decide('cancel', requestId, { body: { abandonUnconfirmed: true } })

    const answer = await world.decide('retry', requestId)

    expect(answer).toMatchObject({ status: 202, body: { status: 'succeeded' } })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('with a callback that also matches another submission is refused with 409 unless the caller insists', async () => {
    const world = createWorld()
    const { requestId: other } = await (world.thingSpace.will(losesTheCall), world.order('delete', localBody()))
    world.thingSpace.will(callsBackInTime(world, 'upstream-1', 1))
    const { requestId } = await world.order('delete', localBody(2))
    const stored = unaudited(world)

    const refused = await world.decide('retry', requestId)
    const unchanged = unaudited(world)
    const insisted = await world.decide('retry', requestId, { body: { despiteCallbacks: true } })
    await world.settle()

    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'may-have-run', requestId, retryable: false, detail: expect.stringContaining('upstream-1') },
    })
    expect(unchanged).toEqual(stored)
    expect(insisted).toMatchObject({ status: 202, body: { status: 'retrying' } })
    expect(world.thingSpace.calls).toHaveLength(3)
    expect(await world.show(other)).toMatchObject({ status: 'unconfirmed' })
  })

  test('is refused while another order for the device is in flight, and adopts the callback afterwards', async () => {
    const world = createWorld()
    world.thingSpace.will(acceptsInSilence)
    const { requestId } = await world.order('delete', localBody())
    const answers: unknown[] = []
    world.thingSpace.will(async () => {
      await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
      await world.stream()
      answers.push(await world.decide('retry', requestId))
      return accepts
    })
    await world.order('delete', localBody())

    answers.push(await world.decide('retry', requestId))

    expect(answers).toMatchObject([
      { status: 409, body: { code: 'may-have-run' } },
      { status: 202, body: { status: 'succeeded' } },
    ])
    expect(world.thingSpace.calls).toHaveLength(2)
  })

  test('sends only the submissions that have no callback', async () => {
    const world = createWorld({ settings: eachInItsOwn })
    world.thingSpace.will(callsBackInTime(world, 'upstream-1', 1), losesTheCall)
    const { requestId } = await world.order('delete', localBody(2))
    await world.deliver()
    const calls = world.thingSpace.calls.length

    const answer = await world.decide('retry', requestId)
    await world.settle()

    expect(answer).toMatchObject({ status: 202, body: { submissions: { byState: { submitted: 1, waiting: 1 } } } })
    expect(world.thingSpace.acceptedEids().toSorted()).toEqual([eidOf(1), eidOf(2)])
    expect(world.thingSpace.calls).toHaveLength(calls + 1)
  })

  test.each([
    { about: 'on another account', accountName: '0000654321-00001', index: 1 },
    { about: 'of another device', accountName: account, index: 7 },
  ])('$about sends the submission again', async ({ accountName, index }) => {
    const world = createWorld()
    const requestId = await situations['awaiting decision'](world)
    await world.callback(aCallbackOf('upstream-9', deviceAt(index)), { accountName })
    await world.settle()

    expect(await world.decide('retry', requestId)).toMatchObject({ status: 202, body: { status: 'retrying' } })
  })

  test('does not check callbacks if the action is repeatable', async () => {
    const world = createWorld()
    world.thingSpace.will(callsBackInTime(world, 'upstream-1', 1))
    const { requestId } = await world.order('enable', localBody())

    const answer = await world.decide('retry', requestId)
    await world.settle()

    expect(answer).toMatchObject({ status: 202, body: { status: 'retrying' } })
    expect(world.thingSpace.accepted).toHaveLength(2)
  })
})

describe('a retry of selected submissions', () => {
  test('leaves the other submissions unchanged', async () => {
    const world = createWorld({ settings: eachInItsOwn })
    world.thingSpace.otherwise = refuses()
    const { requestId } = await world.order('delete', localBody(4))
    await world.settle()
    world.thingSpace.otherwise = accepts

    const answer = await world.decide('retry', requestId, { body: { submissions: [1, 3] } })
    await world.settle()

    expect(answer).toMatchObject({ status: 202, body: { submissions: { byState: { waiting: 2, rejected: 2 } } } })
    expect(world.thingSpace.acceptedEids().toSorted()).toEqual([eidOf(2), eidOf(4)])
  })

  test('is refused if a selected submission does not exist', async () => {
    const world = createWorld()
    const requestId = await situations.rejected(world)

    expect(await world.decide('retry', requestId, { body: { submissions: [7] } })).toMatchObject({
      status: 409,
      body: { code: 'nothing-to-retry', detail: 'no such submission' },
    })
  })
})

test.each([
  { what: 'retry', body: '{"despiteCallbacks":false,"despiteCallbacks":true}', pointer: '/despiteCallbacks' },
  { what: 'cancel', body: '{"abandonUnconfirmed":false,"abandonUnconfirmed":true}', pointer: '/abandonUnconfirmed' },
] as const)(
  'a $what whose body names a member twice is refused and changes nothing',
  async ({ what, body, pointer }) => {
    const world = createWorld()
    const requestId = await situations.unconfirmed(world)
    const before = world.items()

    const answer = await world.decide(what, requestId, { body })

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid-body', errors: [{ pointer, code: 'named-twice' }] },
    })
    expect(world.items()).toEqual(before)
  },
)

describe('a cancellation of a submission in the state', () => {
  test.each<{ situation: Situation }>([{ situation: 'queued' }, { situation: 'waiting' }])(
    '$situation stops it permanently',
    async ({ situation }) => {
      const world = createWorld()
      const requestId = await situations[situation](world)

      const answer = await world.decide('cancel', requestId)
      await world.pass(1_800)

      expect(answer).toMatchObject({
        status: 202,
        headers: { location: `/v1/requests/${requestId}` },
        body: { status: 'cancelled', final: true, cancelledAt: expect.any(String), next: null },
      })
      expect(world.thingSpace.accepted).toEqual([])
      expect(await world.show(requestId)).toMatchObject({ status: 'cancelled', devices: { pending: 0 } })
      expect(await world.storedStatus(requestId)).toBe('cancelled')
      expect(world.topic.told().at(-1)).toBe('request.completed cancelled')
    },
  )

  test.each<{ situation: Situation; detail: string }>([
    { situation: 'submitting', detail: 'its submissions are submitting' },
    { situation: 'unconfirmed', detail: 'its submissions are unconfirmed' },
    { situation: 'awaiting decision', detail: 'its submissions are unconfirmed' },
    { situation: 'submitted', detail: 'its submissions are submitted' },
    { situation: 'rejected', detail: 'its submissions are rejected' },
    { situation: 'exhausted', detail: 'its submissions are exhausted' },
    { situation: 'cancelled', detail: 'the request was cancelled' },
    { situation: 'abandoned', detail: 'its submissions are abandoned' },
  ])('$situation is refused with 409 and changes nothing', async ({ situation, detail }) => {
    const world = createWorld()
    const requestId = await situations[situation](world)
    const stored = world.items()

    const answer = await world.decide('cancel', requestId)

    expect(answer).toMatchObject({ status: 409, body: { code: 'nothing-to-cancel', requestId, detail } })
    expect(world.items()).toEqual(stored)
  })

  test.each<{ situation: Situation }>([{ situation: 'unconfirmed' }, { situation: 'awaiting decision' }])(
    '$situation abandons it on request, and a later callback is still applied',
    async ({ situation }) => {
      const world = createWorld()
      world.thingSpace.will(acceptsInSilence)
      const { requestId } = await world.order('delete', localBody())
      if (situation === 'awaiting decision') await world.pass(1_200)

      const answer = await world.decide('cancel', requestId, { body: { abandonUnconfirmed: true } })
      await world.settle()
      const given = await world.show(requestId)
      await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
      await world.pass(120)

      expect(answer).toMatchObject({ status: 202, body: { status: 'expired', final: true, devices: { expired: 1 } } })
      expect(given).toMatchObject({ submissions: { byState: { abandoned: 1 } } })
      expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { succeeded: 1 } })
      expect(world.thingSpace.calls).toHaveLength(1)
    },
  )

  test('waiting after a lost response stops the next attempt and leaves the submission unconfirmed', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall, throttles(600))
    const { requestId } = await world.order('enable', localBody())
    await world.pass(60)

    const before = await stateOf(world, requestId)
    const answer = await world.decide('cancel', requestId)
    await world.pass(1_800)

    expect(before).toBe('waiting')
    expect(answer).toMatchObject({ status: 202, body: { status: 'unconfirmed' } })
    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed', next: { what: 'decision' } })
  })
})

describe('a cancellation that is killed after marking the request', () => {
  test.each([
    { about: 'the work messages', finish: (world: World) => world.deliver() },
    { about: 'the sweep', finish: (world: World) => (world.advance(60), world.sweep()) },
  ])('is completed by $about', async ({ finish }) => {
    const world = createWorld()
    const requestId = await situations.queued(world)
    // The entry in the audit is the first effect.
    world.killBehind(2)

    const outcome = await world.run(() => world.decide('cancel', requestId))
    await finish(world)
    await world.settle()

    expect(outcome).toBe(killed)
    expect(await world.show(requestId)).toMatchObject({ status: 'cancelled', devices: { cancelled: 101 } })
    expect(world.thingSpace.calls).toEqual([])
  })
})

describe('a cancellation of a bulk request', () => {
  test('that is partly expanded stops exactly the submissions that were not sent', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody(2_500))
    await expandFirstPart(world, requestId)
    const second = sqsEvent([{ kind: 'submission', requestId, submission: 200, attempt: 0 }])
    await world.handlers.retry(second, context)

    const answer = await world.decide('cancel', requestId)
    await world.pass(300)

    expect(answer).toMatchObject({
      status: 202,
      body: {
        status: 'submitted',
        devices: { total: 2_500, pending: 100, cancelled: 2_400 },
        submissions: { byState: { submitted: 1, cancelled: 9 } },
      },
    })
    expect(world.thingSpace.calls).toHaveLength(1)
    expect(world.itemsOf('submission')).toHaveLength(10)
    expect((await world.devices(requestId, { status: 'pending' })).map(({ position }) => position)).toEqual(
      Array.from({ length: 100 }, (_, at) => 200 + at),
    )
    expect(await world.storedStatus(requestId)).toBe('submitted')
  })

  test('that is not expanded leaves nothing to send', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody(2_500))

    const answer = await world.decide('cancel', requestId)
    await world.pass(300)

    expect(answer).toMatchObject({ status: 202, body: { status: 'cancelled', devices: { cancelled: 2_500 } } })
    expect(world.thingSpace.calls).toEqual([])
    expect(world.itemsOf('submission')).toEqual([])
    expect(await world.storedStatus(requestId)).toBe('cancelled')
  })

  test('that is partly accepted ends with the results of the accepted devices', async () => {
    const world = createWorld()
    world.thingSpace.will(accepts, throttles(600))
    const { requestId } = await world.order('delete', localBody(101))
    await world.deliver()

    await world.decide('cancel', requestId)
    const accepted = world.thingSpace.accepted[0]!.call.devices
    await world.callback(accepted.map((device) => aCallbackOf('upstream-1', device)))
    await world.pass(120)

    expect(await world.show(requestId)).toMatchObject({
      status: 'partially_succeeded',
      devices: { succeeded: accepted.length, cancelled: 101 - accepted.length },
    })
  })
})

describe('a decision', () => {
  test.each([
    { what: 'retry', body: { submissions: [] }, pointer: '/submissions' },
    { what: 'retry', body: { submissions: ['1'] }, pointer: '/submissions/0' },
    { what: 'retry', body: { colour: 'red' }, pointer: '' },
    { what: 'retry', body: { despiteCallbacks: 1 }, pointer: '/despiteCallbacks' },
    { what: 'cancel', body: { abandonUnconfirmed: 'yes' }, pointer: '/abandonUnconfirmed' },
  ] as const)('to $what with the body $body is refused with 400', async ({ what, body, pointer }) => {
    const world = createWorld()
    const requestId = await situations.waiting(world)
    const stored = world.items()

    const answer = await world.decide(what, requestId, { body })

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-body', errors: [{ pointer }] } })
    expect(world.items()).toEqual(stored)
  })

  test.each(['retry', 'cancel'] as const)(
    'to %s a request of another account is refused with 404, like a request that does not exist',
    async (what) => {
      const world = createWorld()
      const requestId = await situations.waiting(world)
      const stored = unaudited(world)

      const foreign = await world.decide(what, requestId, { claims: { accounts: '[0000654321-00001]' } })
      const missing = await world.decide(what, 'id-99')
      const own = await world.decide(what, requestId, { claims: { accounts: `[${account}]` } })

      expect(foreign).toMatchObject({ status: 404, body: { code: 'not-found' } })
      expect(foreign).toEqual(missing)
      expect(own.status).toBe(202)
      expect(stored).toHaveLength(unaudited(world).length)
    },
  )

  test('by a caller with a name of 8 KB is kept with the first 500 characters, so that the submission stays small', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = isDown
    const claims = { sub: 'x'.repeat(8_000) }
    const { requestId } = await world.order('delete', localBody(), { claims })
    for (let count = 0; count < 60; count += 1) {
      expect((await world.decide('retry', requestId, { claims })).status).toBe(202)
      await world.settle()
    }

    const { decisions = [] } = (await world.show(requestId)).submissions.items[0]!
    expect(decisions).toHaveLength(50)
    expect(new Set(decisions.map(({ by }) => by.length))).toEqual(new Set([500]))
  })

  test('on a route that serverless.yml sends to manage-request by mistake is answered with 500', async () => {
    const world = createWorld()
    const requestId = await situations.waiting(world)
    const route = 'POST /v1/requests/{requestId}/explode'

    expect(await world.handlers.manage(apiEvent({ route, path: { requestId } }), context)).toMatchObject({
      statusCode: 500,
    })
  })
})

test('a decision that runs out of time answers 503, and the same call continues where it stopped', async () => {
  const world = createWorld({ settings: { devicesPerSubmission: { local: 1, device: 1, global: 1, consumer: 1 } } })
  world.thingSpace.otherwise = () => refuses()
  const { requestId } = await world.order('delete', localBody(60))
  await world.settle()
  // Each write takes a second, so that only some of them fit into one call.
  world.faults.store = ({ command }) => {
    if (command === 'PutCommand') world.advance(1)
    return false
  }

  const answers = [await world.decide('retry', requestId), await world.decide('retry', requestId)]
  for (let calls = 0; calls < 5 && answers.at(-1)?.status === 503; calls += 1)
    answers.push(await world.decide('retry', requestId))

  expect(answers[0]).toMatchObject({ status: 503, body: { code: 'not-finished', retryable: true } })
  expect(answers.at(-1)).toMatchObject({ status: 202 })
  await world.stream()
  expect((await world.show(requestId)).submissions.byState).toMatchObject({ rejected: 0, waiting: 60 })
})
