import { describe, expect, test } from 'vitest'
import { metricRows } from '../../lib/metric-rows.ts'
import { account, context, eidOf, imeiOf, localBody, orderFor, someDevices, sqsEvent } from '../builders.ts'
import {
  accepts,
  acceptsInSilence,
  isDown,
  losesTheCall,
  type Reaction,
  refuses,
  refusesOneDevice,
  throttles,
} from '../fakes/thing-space.ts'
import { unlimited } from '../fakes/flow-control.ts'
import { aCallbackOf, createWorld, killed, type World } from '../fakes/world.ts'

const otherAccount = '0000654321-00001'
const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds
/** An order whose function is killed after its POST, so that only the lease remains. Returns its id. */
async function killedBehindThePost(world: World, action: string, body: unknown = localBody()): Promise<string> {
  world.killBehind(3)
  const outcome = await world.run(() => world.submit(action, body, { key: 'key' }))
  if (outcome !== killed) throw new Error('it was not killed')
  return world.requestIds().at(-1) ?? ''
}

/** An order that ThingSpace accepted and whose response was lost. */
async function lostOrder(world: World, action: string, body: unknown = localBody()): Promise<string> {
  world.thingSpace.will(acceptsInSilence)
  return (await world.order(action, body)).requestId
}

describe('an attempt whose lease has expired', () => {
  test('becomes unknown when the lease expires, and not before', async () => {
    const world = createWorld()
    const requestId = await killedBehindThePost(world, 'delete')

    world.advance(59)
    await world.settle()
    const before = await world.show(requestId)
    world.advance(1)
    await world.settle()

    expect(before).toMatchObject({ status: 'submitting', next: { what: 'answer' } })
    expect(await world.show(requestId)).toMatchObject({
      status: 'unconfirmed',
      submissions: { items: [{ attempts: [{ attempt: 1, outcome: 'unknown', cause: 'lease-expired' }] }] },
    })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('gets its real outcome if the response arrives after all', async () => {
    const world = createWorld()
    world.thingSpace.will(async () => {
      await world.pass(61)
      return { accepts: true, answers: (upstreamRequestId) => ({ kind: 'accepted', upstreamRequestId }) }
    })

    const { requestId } = await world.order('delete', localBody())
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({
      status: 'submitted',
      submissions: { items: [{ attempts: [{ attempt: 1, outcome: 'accepted' }] }] },
    })
  })
})

describe('a response that arrives after the lease of its attempt', () => {
  /** ThingSpace responds only after other things have happened. */
  const late =
    (world: World, reaction: Reaction, meanwhile: () => Promise<unknown> = async () => {}) =>
    async () => {
      await world.pass(61)
      await meanwhile()
      return reaction
    }

  test('splits the submission if it refuses one of several devices', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = ({ devices }) =>
      devices.some((device) => device.some(({ id }) => id === eidOf(3))) ? refusesOneDevice() : accepts
    world.thingSpace.will(late(world, refusesOneDevice()))

    const { requestId } = await world.order('delete', localBody(4))
    await world.settle()

    expect(world.thingSpace.acceptedEids().toSorted()).toEqual([1, 2, 4].map((index) => eidOf(index)))
    expect(await world.show(requestId)).toMatchObject({
      status: 'submitted',
      devices: { failed: 1, pending: 3 },
      submissions: { total: 3, byState: { submitted: 2, rejected: 1 } },
    })
  })

  test('splits the submission if a retry was decided but has not started', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = ({ devices }) =>
      devices.some((device) => device.some(({ id }) => id === eidOf(2))) ? refusesOneDevice() : accepts
    world.thingSpace.will(late(world, refusesOneDevice(), () => world.decide('retry', 'id-1')))

    await world.order('delete', localBody(4))
    await world.settle()

    expect(world.thingSpace.acceptedEids().toSorted()).toEqual([1, 3, 4].map((index) => eidOf(index)))
  })

  test('does not change a submission that was sent again meanwhile', async () => {
    const world = createWorld()
    world.thingSpace.will(late(world, refusesOneDevice(), () => world.pass(120)))

    const { requestId } = await world.order('enable', localBody(4))
    await world.settle()

    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({ submissions: { total: 1, byState: { submitted: 1 } } })
  })

  test('is applied if it refuses the whole submission', async () => {
    const world = createWorld()
    world.thingSpace.will(late(world, refuses()))

    const { body } = await world.submit('delete', localBody(2))

    expect(body).toMatchObject({ code: 'refused-by-thingspace' })
    expect(world.itemsOf('submission')).toMatchObject([{ state: 'rejected' }])
  })

  test.each([
    { about: 'was not accepted', reaction: isDown, becomes: 'abandoned' },
    { about: 'was refused for one device', reaction: refusesOneDevice(), becomes: 'abandoned' },
    { about: 'was accepted', reaction: accepts, becomes: 'submitted' },
  ])(
    'leaves an abandoned submission in the right state if the response says that it $about',
    async ({ reaction, becomes }) => {
      const world = createWorld()
      const abandon = () => world.decide('cancel', 'id-1', { body: { abandonUnconfirmed: true } })
      world.thingSpace.will(late(world, reaction, abandon))

      await world.order('delete', localBody(2))
      await world.pass(3_600)

      expect(world.itemsOf('submission')).toMatchObject([{ state: becomes }])
      expect(world.thingSpace.calls).toHaveLength(1)
    },
  )
})

describe('an unconfirmed submission whose grace period is over', () => {
  test('is sent again if the action is repeatable', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('enable', localBody())

    world.advance(59)
    await world.settle()
    const early = world.thingSpace.calls.length
    world.advance(1)
    await world.settle()

    expect(early).toBe(1)
    expect(world.thingSpace.accepted).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted', submissions: { items: [{ attempt: 2 }] } })
  })

  test('waits for a decision if the action is not repeatable, and shows the date by which to decide', async () => {
    const world = createWorld()
    const requestId = await lostOrder(world, 'delete')

    await world.pass(1_199)
    const before = await world.store.listAwaitingDecision(10)
    await world.pass(1)
    await world.pass(7_200)

    expect(before).toEqual([])
    expect(await world.store.listAwaitingDecision(10)).toMatchObject([{ kind: 'submission', requestId, submission: 0 }])
    expect(await world.store.listDue(world.now(), 100)).toEqual([])
    expect(await world.show(requestId)).toMatchObject({
      status: 'unconfirmed',
      next: { what: 'decision', at: '2026-10-21T14:33:20.000Z' },
    })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('leaves the list of open decisions once it is decided', async () => {
    const world = createWorld()
    const requestId = await lostOrder(world, 'delete')
    await world.pass(1_200)

    await world.decide('retry', requestId)

    expect(await world.store.listAwaitingDecision(10)).toEqual([])
  })

  test('is sent again for any action if repeatUnconfirmedFor names its account', async () => {
    const world = createWorld({ settings: { repeatUnconfirmedFor: [account] } })
    await lostOrder(world, 'delete')
    await lostOrder(world, 'delete', orderFor(2, { accountName: otherAccount }))

    await world.pass(1_300)

    expect(world.thingSpace.calls.map(({ accountName }) => accountName)).toEqual([account, otherAccount, account])
  })
})

describe('a lost work message', () => {
  test('for a waiting submission is sent again every minute', async () => {
    const world = createWorld()
    world.thingSpace.will(throttles(30))
    const { requestId } = await world.order('enable', localBody())
    const batch = world.queue.receive()
    world.advance(30)
    world.queue.settle([...batch, ...world.queue.receive()], new Set())

    world.advance(60)
    await world.sweep()
    world.queue.settle(world.queue.receive(), new Set())
    world.advance(60)
    await world.settle()

    const message = { kind: 'submission', requestId, submission: 0, attempt: 1 }
    expect(world.queue.sent.map((sent) => sent.message)).toEqual([message, message, message])
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('for a submission that was never attempted is sent again', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody(150))
    world.queue.isDown = true
    await world.handlers.retry(sqsEvent([{ kind: 'part', requestId, part: 0 }]), context)
    world.queue.settle(world.queue.receive(), new Set())
    world.queue.isDown = false

    await world.pass(60)

    expect(world.thingSpace.accepted).toHaveLength(2)
  })

  test('for a part of a request is sent again for this part only', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody(2_500))
    for (let part = 0; part < 3; part += 1) world.queue.settle(world.queue.receive(), new Set())
    for (const part of [0, 2]) world.queue.put({ kind: 'part', requestId, part }, 'bulk')
    await world.deliver()
    const sentBefore = world.queue.sent.length

    await world.pass(60)

    expect(world.queue.sent[sentBefore]).toEqual({
      message: { kind: 'part', requestId, part: 1 },
      delaySeconds: 0,
      lane: 'bulk',
      accountName: account,
    })
    expect(world.queue.sent.filter(({ message }) => message.kind === 'part')).toHaveLength(4)
    expect(new Set(world.thingSpace.acceptedEids()).size).toBe(2_500)
    expect(world.thingSpace.acceptedEids()).toHaveLength(2_500)
  })
})

describe('devices without results', () => {
  const settings = { resultsWithinSeconds: 3_600 }

  test('expire at the deadline while other devices keep their results', async () => {
    const world = createWorld({ settings })
    const { requestId } = await world.order('enable', localBody(3))
    await world.callback([aCallbackOf('upstream-1', deviceAt(1)), aCallbackOf('upstream-1', deviceAt(2), 'warning')])

    await world.pass(3_599)
    const before = await world.storedStatus(requestId)
    await world.pass(61)

    expect(before).toBe('submitted')
    expect(await world.storedStatus(requestId)).toBe('partially_succeeded')
    expect((await world.devices(requestId)).map(({ status }) => status)).toEqual(['succeeded', 'expired', 'expired'])
    expect(world.topic.told().at(-1)).toBe('request.completed partially_succeeded')
  })

  test('that have expired take a result that arrives late', async () => {
    const world = createWorld({ settings })
    const { requestId } = await world.order('enable', localBody(2))
    await world.pass(3_700)
    const expired = await world.show(requestId)

    await world.callback([aCallbackOf('upstream-1', deviceAt(1)), aCallbackOf('upstream-1', deviceAt(2), 'failed')])
    await world.settle()

    expect(expired).toMatchObject({ status: 'expired', final: true })
    expect(await world.show(requestId)).toMatchObject({ status: 'partially_succeeded', devices: { expired: 0 } })
    expect(world.topic.told()).toEqual([
      'request.submitted submitted',
      'device.failed expired 0',
      'device.failed expired 1',
      'request.completed expired',
      'device.succeeded succeeded 0',
      'device.failed failed 1',
      'request.completed partially_succeeded',
    ])
  })

  test('of a large request expire too, and the request is not due any more', async () => {
    const world = createWorld({ settings })
    const { requestId } = await world.order('enable', localBody(250))
    await world.settle()

    await world.pass(3_900)

    expect(await world.storedStatus(requestId)).toBe('expired')
    expect(world.topic.told().filter((event) => event === 'request.completed expired')).toHaveLength(1)
    expect(await world.store.listDue(Number.MAX_SAFE_INTEGER, 100)).toEqual([])
  })
})

describe('the lost callback of a single device', () => {
  const globalBody = { accountName: account, devices: someDevices(1) }
  const settings = { resultsWithinSeconds: 3_600 }

  test.each([
    { state: 'succeeded', status: 'succeeded', device: 'device.succeeded succeeded 0' },
    { state: 'failed', status: 'failed', device: 'device.failed failed 0' },
    { state: 'pending', status: 'expired', device: 'device.failed expired 0' },
    { state: 'unrecognised', status: 'expired', device: 'device.failed expired 0' },
  ] as const)(
    'is replaced by the status that ThingSpace reports before the device expires: $state',
    async ({ state, status, device }) => {
      const world = createWorld({ settings })
      const { requestId } = await world.order('download', globalBody)
      world.thingSpace.statuses.set('upstream-1', state)

      await world.pass(3_300)
      const early = world.thingSpace.asked.length
      await world.pass(400)

      expect(early).toBe(0)
      expect(world.thingSpace.asked).toContain('upstream-1')
      expect(await world.show(requestId)).toMatchObject({ status })
      expect(world.topic.told()).toEqual(['request.submitted submitted', device, `request.completed ${status}`])
    },
  )

  test('that arrives after all and contradicts the reported status is a conflict, and both are kept', async () => {
    const world = createWorld({ settings })
    const { requestId } = await world.order('download', globalBody)
    world.thingSpace.statuses.set('upstream-1', 'failed')
    await world.pass(3_600)

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()

    expect(await world.devices(requestId)).toMatchObject([
      { status: 'failed', conflict: true, result: { provenance: 'reconciled' }, others: [{ verdict: 'succeeded' }] },
    ])
    expect(await world.show(requestId)).toMatchObject({ status: 'failed', devices: { conflicts: 1 } })
    const counted = metricRows.find(({ metric }) => metric === 'ResultsReconciled')
    expect(world.log.lines.filter(({ message }) => message === counted?.message)).toHaveLength(1)
  })

  test('leaves the device to expire if ThingSpace does not know the status either', async () => {
    const world = createWorld({ settings })
    const { requestId } = await world.order('download', globalBody)

    await world.pass(3_700)

    expect(await world.show(requestId)).toMatchObject({ status: 'expired' })
  })

  test('that arrives after all is kept beside the result, which is shown as reconciled', async () => {
    const world = createWorld({ settings })
    const { requestId } = await world.order('download', globalBody)
    world.thingSpace.statuses.set('upstream-1', 'succeeded')
    await world.pass(3_600)

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()

    expect(await world.devices(requestId)).toMatchObject([
      { status: 'succeeded', result: { provenance: 'reconciled' } },
    ])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { conflicts: 0 } })
  })
})

describe('ThingSpace does not answer status calls, so the sweep', () => {
  const settings = { resultsWithinSeconds: 3_600 }
  const globalBody = (index: number) => ({ accountName: account, devices: someDevices(1, index) })

  test('stops asking after the first call, and does everything else that is due', async () => {
    const world = createWorld({ settings })
    for (let index = 1; index <= 50; index += 1) await world.order('download', globalBody(index))
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('enable', localBody())
    await world.stream()
    let asked = 0
    world.thingSpace.requestStatus = async () => {
      asked += 1
      world.advance(8)
      return { kind: 'failed', cause: 'no-answer', error: {} }
    }
    world.advance(3_500)
    const startedAt = world.now()

    const counts = await world.sweep()

    expect(asked).toBe(1)
    expect(world.now() - startedAt).toBe(8_000)
    expect(counts).toMatchObject({ done: 51, failed: 0 })
    expect(await world.show(requestId)).toMatchObject({ status: 'retrying' })
  })

  test('asks for no further upstream request of a submission after half of its time', async () => {
    const world = createWorld({ settings })
    const requestId = await lostOrder(world, 'enable')
    await world.pass(300)
    await world.callback(aCallbackOf('upstream-1', deviceAt(1), 'warning'))
    await world.settle()
    world.thingSpace.requestStatus = async ({ upstreamRequestId }) => {
      world.thingSpace.asked.push(upstreamRequestId)
      world.advance(23)
      return { kind: 'failed', cause: 'refused', error: { status: 404 } }
    }
    world.advance(3_500)
    await world.sweep()

    expect((await world.show(requestId)).submissions.items[0]!.upstreamRequestIds).toHaveLength(2)
    expect(world.thingSpace.asked).toHaveLength(1)
  })
})

describe('an orphan', () => {
  const orphans = (world: World) => world.itemsOf('orphan')
  const callbackOf = (index: number, upstream = 'upstream-1') => aCallbackOf(upstream, deviceAt(index))

  test('is adopted by the only matching submission, whose function was killed after the POST', async () => {
    const world = createWorld()
    const requestId = await killedBehindThePost(world, 'delete')
    world.advance(5)

    await world.callback(callbackOf(1))
    await world.settle()
    const early = orphans(world)
    await world.pass(120)

    expect(early).toMatchObject([{ upstreamRequestId: 'upstream-1' }])
    expect(orphans(world)).toEqual([])
    expect(await world.show(requestId)).toMatchObject({
      status: 'succeeded',
      submissions: { items: [{ state: 'submitted', upstreamRequestIds: ['upstream-1'] }] },
    })
    expect(world.topic.told()).toEqual(['device.succeeded succeeded 0', 'request.completed succeeded'])
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('is matched by other identifiers of the device if the EID is among them', async () => {
    const world = createWorld()
    const requestId = await lostOrder(world, 'delete')

    await world.callback(
      aCallbackOf('upstream-1', [
        { kind: 'imei', id: imeiOf(1) },
        { kind: 'eid', id: eidOf(1) },
      ]),
    )
    await world.pass(120)

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('is adopted while the submission waits for a decision, so that no decision is needed', async () => {
    const world = createWorld()
    const requestId = await lostOrder(world, 'delete')
    await world.pass(1_300)

    await world.callback(callbackOf(1))
    await world.pass(120)

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    expect(await world.store.listAwaitingDecision(10)).toEqual([])
  })

  test('is adopted by the one matching submission of a bulk request', async () => {
    const world = createWorld()
    world.thingSpace.otherwise = acceptsInSilence
    const { requestId } = await world.order('delete', localBody(300))
    await world.deliver()

    await world.callback(callbackOf(150, 'upstream-9'))
    await world.pass(120)

    expect(await world.show(requestId)).toMatchObject({
      submissions: { byState: { submitted: 1, unconfirmed: 2 } },
      devices: { succeeded: 1 },
    })
    expect(await world.devices(requestId, { status: 'succeeded' })).toMatchObject([{ position: 149, submission: 100 }])
  })

  test('with the upstream request id of an adopted orphan updates the summary at once', async () => {
    const world = createWorld()
    const requestId = await lostOrder(world, 'delete', localBody(2))
    await world.callback(callbackOf(1))
    await world.pass(120)

    await world.callback(callbackOf(2))
    await world.settle()

    expect(orphans(world)).toEqual([])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded', devices: { succeeded: 2 } })
  })

  test.each<{ about: string; prepare: (world: World) => Promise<unknown>; accountName?: string }>([
    { about: 'its device was never ordered', prepare: async () => {} },
    { about: 'the response of its order was received', prepare: (world) => world.order('delete', localBody()) },
    {
      about: 'it came for another account',
      prepare: (world) => lostOrder(world, 'delete'),
      accountName: otherAccount,
    },
    {
      about: 'the unconfirmed submission is for another device',
      prepare: (world) => lostOrder(world, 'delete', orderFor(2)),
    },
    {
      about: 'two submissions fit',
      prepare: async (world) => {
        await lostOrder(world, 'delete')
        await lostOrder(world, 'delete')
      },
    },
  ])('is kept if $about', async ({ prepare, accountName = account }) => {
    const world = createWorld()
    await prepare(world)
    const before = world.itemsOf('submission').map(({ state, upstreamRequestIds }) => ({ state, upstreamRequestIds }))
    world.advance(1)

    await world.callback(callbackOf(1, 'upstream-9'), { accountName })
    await world.pass(180)

    expect(orphans(world)).toMatchObject([{ upstreamRequestId: 'upstream-9', accountName }])
    expect(world.itemsOf('submission')).toMatchObject(before)
    expect(world.log.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'orphan kept' }))
  })

  test('is kept if the unconfirmed attempt started after the callback arrived', async () => {
    const world = createWorld()
    await world.callback(callbackOf(1, 'upstream-9'))
    await world.stream()
    world.advance(1)

    await lostOrder(world, 'delete')
    await world.pass(180)

    expect(orphans(world)).toMatchObject([{ upstreamRequestId: 'upstream-9' }])
    expect(world.itemsOf('submission')).toMatchObject([{ state: 'unconfirmed' }])
  })

  test('that matches two submissions is adopted after one of them has adopted its own', async () => {
    const world = createWorld()
    const first = await lostOrder(world, 'delete', localBody(2))
    const second = await lostOrder(world, 'delete')
    await world.callback(callbackOf(1, 'upstream-2'))
    await world.pass(120)
    const kept = orphans(world)

    await world.callback(callbackOf(2, 'upstream-1'))
    await world.pass(300)

    expect(kept).toMatchObject([{ upstreamRequestId: 'upstream-2' }])
    expect(orphans(world)).toEqual([])
    expect(await world.devices(first)).toMatchObject([{ status: 'pending' }, { status: 'succeeded' }])
    expect(await world.show(second)).toMatchObject({ status: 'succeeded' })
  })

  test('is checked at growing intervals', async () => {
    const world = createWorld()
    await world.callback(callbackOf(1, 'upstream-9'))

    await world.pass(86_400)

    const looks = world.log.lines.filter(({ message }) => message === 'orphan kept').length
    expect(looks).toBeGreaterThan(20)
    expect(looks).toBeLessThan(40)
  })

  test('of a lost attempt is adopted although a later attempt was accepted', async () => {
    const world = createWorld()
    const requestId = await lostOrder(world, 'enable')
    await world.pass(61)
    const repeated = world.thingSpace.accepted.map(({ upstreamRequestId }) => upstreamRequestId)

    await world.callback(callbackOf(1, 'upstream-1'))
    await world.pass(120)

    expect(repeated).toEqual(['upstream-1', 'upstream-2'])
    expect(orphans(world)).toEqual([])
    expect(await world.show(requestId)).toMatchObject({
      status: 'succeeded',
      submissions: { items: [{ upstreamRequestIds: ['upstream-2', 'upstream-1'] }] },
    })
  })
})

test('two sweeps that adopt two orphans of one submission at the same time keep both', async () => {
  const world = createWorld()
  // They arrive while the third attempt is in flight, when they cannot be assigned yet.
  world.thingSpace.will(acceptsInSilence, acceptsInSilence, async () => {
    await world.callback([aCallbackOf('upstream-1', deviceAt(1)), aCallbackOf('upstream-2', deviceAt(2))])
    await world.stream()
    return accepts
  })
  const { requestId } = await world.order('enable', localBody(2))
  await world.pass(200)
  const stored = world.itemsOf('orphan').length
  world.advance(60)

  // The first sweep has read the submission; the second one completes all work before the first writes it.
  world.faults.store = async ({ command }) => {
    if (command === 'TransactWriteCommand') {
      delete world.faults.store
      await world.sweep()
    }
    return false
  }
  await world.sweep()
  await world.pass(120)

  const { submissions, devices } = await world.show(requestId)
  expect(stored).toBe(2)
  expect(submissions.items[0]?.upstreamRequestIds.toSorted()).toEqual(['upstream-1', 'upstream-2', 'upstream-3'])
  expect(submissions.items[0]?.adopted?.toSorted()).toEqual(['upstream-1', 'upstream-2'])
  expect(devices).toMatchObject({ succeeded: 2 })
  expect(world.itemsOf('orphan')).toEqual([])
})

describe('a due item that fails', () => {
  /** Five orders whose functions were killed after their POSTs. Their leases expire together. */
  async function fiveKilled(world: World): Promise<string[]> {
    for (let index = 1; index <= 5; index += 1) {
      world.killBehind(3)
      await world.run(() => world.submit('delete', orderFor(index)))
    }
    return world.requestIds()
  }

  test.each([
    { about: 'when it is read', command: 'GetCommand' },
    { about: 'when it is written', command: 'PutCommand' },
  ])('$about does not block the other items', async ({ command }) => {
    const world = createWorld()
    const [first, ...others] = await fiveKilled(world)
    world.faults.store = (operation) =>
      operation.command === command && JSON.stringify(operation.input).includes(`"REQ#${first}"`)
    world.advance(60)

    const counts = await world.sweep()

    expect(counts).toMatchObject({ done: 4, failed: 1 })
    for (const requestId of others) expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed' })
  })

  test('in every operation does not block the other items', async () => {
    const world = createWorld()
    const [first, ...others] = await fiveKilled(world)
    world.faults.store = ({ input }) => JSON.stringify(input).includes(`"REQ#${first}"`)
    world.advance(60)

    const counts = await world.sweep()

    expect(counts).toMatchObject({ done: 4, failed: 1 })
    for (const requestId of others) expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed' })
  })

  test('is postponed and processed when it no longer fails', async () => {
    const world = createWorld()
    const [first = ''] = await fiveKilled(world)
    world.faults.store = ({ command, input }) =>
      command === 'GetCommand' && JSON.stringify(input).includes(`"REQ#${first}"`)
    world.advance(60)
    await world.sweep()
    delete world.faults.store

    const next = await world.sweep()
    await world.pass(300)

    expect(next).toMatchObject({ done: 0, failed: 0 })
    expect(await world.show(first)).toMatchObject({ status: 'unconfirmed' })
  })

  test('does not block the others even if it is one of a thousand', async () => {
    const world = createWorld({
      settings: { devicesPerSubmission: { local: 1, device: 1, global: 1, consumer: 1 } },
    })
    const { requestId: bulk } = await world.order('delete', localBody(900))
    await world.handlers.retry(sqsEvent([{ kind: 'part', requestId: bulk, part: 0 }]), context)
    world.advance(1)
    world.killBehind(3)
    await world.run(() => world.submit('delete', orderFor(2_000)))
    const single = world.requestIds().find((requestId) => requestId !== bulk) ?? ''
    world.faults.store = ({ command, input }) =>
      command === 'PutCommand' && JSON.stringify(input).includes(`"REQ#${bulk}"`)
    world.advance(120)

    await world.sweep()

    expect(await world.show(single)).toMatchObject({ status: 'unconfirmed' })
  })
})

test('a sweep without due items writes nothing', async () => {
  const world = createWorld()
  await world.order('enable', localBody())
  await world.settle()
  const stored = world.items()

  const counts = await world.sweep()

  expect(counts).toMatchObject({ done: 0, failed: 0 })
  expect(world.items()).toEqual(stored)
})

test('two concurrent sweeps send each work message once', async () => {
  const world = createWorld({ flow: unlimited })
  world.thingSpace.otherwise = losesTheCall
  for (let index = 1; index <= 10; index += 1) await world.order('enable', orderFor(index))
  world.advance(60)

  await Promise.all([world.sweep(), world.sweep()])

  expect(world.queue.sent).toHaveLength(10)
})
