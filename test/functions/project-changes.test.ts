import type { DynamoDBRecord } from 'aws-lambda'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { account, context, eidOf, iccidOf, localBody, someDevices } from '../builders.ts'
import { accepts, acceptsInSilence, losesTheCall } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'

const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds
const callbackOf = (index: number, verdict: Parameters<typeof aCallbackOf>[2] = 'succeeded', upstream = 'upstream-1') =>
  aCallbackOf(upstream, deviceAt(index), verdict)

const project = (world: World, records: DynamoDBRecord[]) => world.handlers.project({ Records: records }, context)
const entityOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.NewImage?.['entity']?.S
const keyOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.['pk']?.S

describe('the summary', () => {
  test('of a small request is updated with each change', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(2))
    await world.stream()
    await world.callback(callbackOf(1))
    await world.stream()

    const afterFirst = await world.store.getRequest(requestId)
    await world.callback(callbackOf(2))
    await world.stream()
    const afterSecond = await world.store.getRequest(requestId)

    expect(afterFirst).toMatchObject({ summary: { status: 'submitted', devices: { succeeded: 1, pending: 1 } } })
    expect(afterSecond).toMatchObject({ summary: { status: 'succeeded', devices: { succeeded: 2 } } })
    expect(afterSecond).toHaveProperty('finalAt', world.now())
    expect(afterSecond).not.toHaveProperty('dueAt')
  })

  test('of a large request becomes due, and the sweep updates it once for many results', async () => {
    const world = createWorld({ settings: { devicesPerSubmission: { local: 500, device: 1, global: 1, consumer: 1 } } })
    const { requestId } = await world.order('enable', localBody(101))
    await world.settle()
    await world.pass(120)
    const { version } = (await world.store.getRequest(requestId))!

    await world.callback(Array.from({ length: 100 }, (_, index) => callbackOf(index + 1)))
    await world.settle()
    const before = await world.store.getRequest(requestId)
    await world.pass(60)

    expect(before).toMatchObject({ version, dueAt: world.now(), summary: { devices: { pending: 101 } } })
    // One version for starting the requested summary, one for storing it.
    expect(await world.store.getRequest(requestId)).toMatchObject({
      version: version + 2,
      summary: { devices: { succeeded: 100, pending: 1 } },
    })
  })

  test('of a large request keeps an earlier due date', async () => {
    const world = createWorld({ settings: { devicesPerSubmission: { local: 500, device: 1, global: 1, consumer: 1 } } })
    const { requestId } = await world.order('enable', localBody(101))
    await world.settle()
    await world.callback(callbackOf(1))
    await world.stream()
    const { dueAt } = (await world.store.getRequest(requestId))!

    world.advance(30)
    await world.callback(callbackOf(2))
    await world.stream()

    expect(await world.store.getRequest(requestId)).toHaveProperty('dueAt', dueAt)
  })

  test('is written once for many changes in one batch', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(3))
    await world.stream()
    const { version } = (await world.store.getRequest(requestId))!

    await world.callback([callbackOf(1), callbackOf(2), callbackOf(3)])
    await world.settle()

    expect(await world.store.getRequest(requestId)).toHaveProperty('version', version + 1)
  })
})

describe('a result with an unknown upstream request id', () => {
  test('is stored as an orphan and assigned once a submission has this upstream request id', async () => {
    const world = createWorld()
    await world.callback(callbackOf(1))
    await world.stream()
    const stored = world.itemsOf('orphan')

    const { requestId } = await world.order('enable', localBody())
    await world.stream()

    expect(stored).toMatchObject([
      {
        upstreamRequestId: 'upstream-1',
        accountName: account,
        firstReceivedAt: world.now(),
        dueAt: world.now() + 60_000,
      },
    ])
    expect(await world.storedStatus(requestId)).toBe('succeeded')
    await world.pass(60)
    expect(world.itemsOf('orphan')).toEqual([])
  })

  test('is stored as an orphan once, with the time it was first seen', async () => {
    const world = createWorld()
    await world.callback(callbackOf(1, 'warning'))
    await world.stream()
    const [stored] = world.itemsOf('orphan')

    world.advance(30)
    await world.callback([callbackOf(1), callbackOf(2)])
    await world.stream()

    expect(world.itemsOf('orphan')).toEqual([stored])
  })
})

describe('a result of a submission whose response was lost', () => {
  const lost = (world: World, action: string, body: unknown = localBody()) => {
    world.thingSpace.will(acceptsInSilence)
    return world.order(action, body)
  }

  test('is adopted at once by the only matching submission', async () => {
    const world = createWorld()
    const { requestId } = await lost(world, 'delete', localBody(2))
    world.advance(5)

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.stream()
    await world.stream()

    expect(world.itemsOf('orphan')).toEqual([])
    expect(await world.storedStatus(requestId)).toBe('submitted')
    expect(await world.devices(requestId, { status: 'succeeded' })).toMatchObject([
      { position: 0, result: { provenance: 'adopted' } },
    ])
  })

  test('is adopted in time to prevent another attempt of a repeatable action', async () => {
    const world = createWorld()
    const { requestId } = await lost(world, 'enable')
    world.advance(55)

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()
    await world.pass(300)

    expect(world.thingSpace.calls).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('is not adopted while another submission for the device is in flight, because it may belong to that one', async () => {
    const world = createWorld()
    const { requestId: unconfirmed } = await lost(world, 'delete')
    const kept: unknown[] = []
    world.thingSpace.will(async () => {
      await world.callback(aCallbackOf('upstream-2', deviceAt(1)))
      await world.stream()
      kept.push(
        world.itemsOf('orphan'),
        world.itemsOf('submission').map(({ state }) => state),
      )
      return accepts
    })

    const { requestId } = await world.order('delete', localBody())
    await world.pass(180)

    expect(kept).toMatchObject([[{ upstreamRequestId: 'upstream-2' }], ['unconfirmed', 'submitting']])
    expect(world.itemsOf('orphan')).toEqual([])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    expect(await world.show(unconfirmed)).toMatchObject({ status: 'unconfirmed' })
  })

  test('is not adopted by a submission whose attempt started after the result was first seen', async () => {
    const world = createWorld()
    await world.callback(aCallbackOf('upstream-9', deviceAt(1), 'warning'))
    await world.stream()
    world.advance(10)
    const { requestId } = await lost(world, 'delete')
    world.advance(10)

    await world.callback(aCallbackOf('upstream-9', deviceAt(1)))
    await world.pass(180)

    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed' })
    expect(world.itemsOf('orphan')).toMatchObject([{ upstreamRequestId: 'upstream-9' }])
  })
})

describe('events', () => {
  test('are published for each device and then for the request, with sequence, id and device', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(2))
    await world.settle()

    await world.callback([callbackOf(1), callbackOf(2, 'failed')])
    await world.settle()

    const base = { requestId, accountName: '0000123456-00001', action: 'enable', at: world.now() }
    expect(world.topic.published).toMatchObject([
      { ...base, type: 'request.submitted', status: 'submitted', sequence: 1, id: `${requestId}/id-2/1` },
      {
        ...base,
        type: 'device.succeeded',
        status: 'succeeded',
        sequence: 2,
        id: `${requestId}/id-2/2/0`,
        position: 0,
        device: [
          { kind: 'eid', id: eidOf(1) },
          { kind: 'iccid', id: iccidOf(1) },
        ],
      },
      {
        ...base,
        type: 'device.failed',
        status: 'failed',
        sequence: 2,
        id: `${requestId}/id-2/2/1`,
        position: 1,
        device: [
          { kind: 'eid', id: eidOf(2) },
          { kind: 'iccid', id: iccidOf(2) },
        ],
      },
      { ...base, type: 'request.completed', status: 'partially_succeeded', sequence: 2, id: `${requestId}/id-2/2` },
    ])
  })

  test('are not published for an unconfirmed submission that resolves without a decision', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    await world.order('enable', localBody())
    await world.settle()

    await world.pass(120)

    expect(world.topic.told()).toEqual(['request.submitted submitted'])
  })

  test('are published once for a submission that needs a decision', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    await world.order('delete', localBody())

    await world.pass(7_200)

    expect(world.topic.told()).toEqual(['request.unconfirmed unconfirmed'])
  })

  test('of a redelivered batch are the same, and the table does not change', async () => {
    const world = createWorld()
    await world.order('enable', localBody(2))
    await world.settle()
    await world.callback([callbackOf(1), callbackOf(2, 'failed')])
    await world.settle()
    const published = [...world.topic.published]
    const stored = world.items()

    const outcome = await project(world, world.streamRecords())

    expect(outcome).toEqual({ batchItemFailures: [] })
    expect(world.topic.published.slice(published.length)).toEqual(published)
    expect(world.items()).toEqual(stored)
  })

  test('that cannot be published are sent again, together with those that follow', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    await world.settle()
    await world.callback(callbackOf(1))
    world.topic.isDown = true
    await world.settle()
    const whileDown = world.topic.told()

    world.topic.isDown = false
    await world.settle()

    expect(whileDown).toEqual(['request.submitted submitted'])
    expect(await world.storedStatus(requestId)).toBe('succeeded')
    expect(world.topic.told()).toEqual([
      'request.submitted submitted',
      'device.succeeded succeeded 0',
      'request.completed succeeded',
    ])
  })
})

describe('a batch about many requests', () => {
  /** Orders of which first one device has its result and then another, and all their stream records. */
  async function someOrders(world: World, count: number) {
    for (let index = 1; index <= count; index += 1)
      await world.order('enable', { ...localBody(), devices: someDevices(6, 6 * index) })
    await world.stream()
    for (const at of [0, 1])
      for (const { upstreamRequestId, call } of world.thingSpace.accepted) {
        await world.callback(aCallbackOf(upstreamRequestId, call.devices[at]!))
        await world.stream()
        await world.stream()
      }
    return world.streamRecords()
  }

  test('is worked on for ten of them at once', async () => {
    const world = createWorld({ observe: () => void (atOnce -= 1) })
    let atOnce = 0
    let most = 0
    const records = await someOrders(world, 40)
    atOnce = 0
    world.faults.store = async () => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await turn()
      return false
    }

    expect(await project(world, records)).toEqual({ batchItemFailures: [] })

    expect(most).toBeGreaterThan(5)
    expect(most).toBeLessThanOrEqual(10)
  })

  test('publishes the events of each request in order, although the earlier reads take longer', async () => {
    const world = createWorld()
    const records = await someOrders(world, 3)
    const told = world.topic.published.length
    let reads = 0
    world.faults.store = async () => {
      reads += 1
      for (let turns = reads; turns < 20; turns += 1) await turn()
      return false
    }

    await project(world, records)

    const sequences = new Map<string, number[]>()
    for (const event of world.topic.published.slice(told))
      if ('sequence' in event) {
        const { requestId, sequence } = event
        sequences.set(requestId, [...(sequences.get(requestId) ?? []), sequence])
      }
    expect(sequences.size).toBe(3)
    for (const of of sequences.values()) {
      expect(new Set(of).size).toBeGreaterThan(2)
      expect(of).toEqual(of.toSorted((one, other) => one - other))
    }
  })
})

describe('a stream record that fails', () => {
  /** Three orders in sequence in the stream. */
  async function threeOrders(world: World) {
    const requestIds: string[] = []
    for (let index = 1; index <= 3; index += 1) {
      const { requestId } = await world.order('enable', { ...localBody(), devices: someDevices(1, index) })
      requestIds.push(requestId)
    }
    return { requestIds, records: world.streamRecords() }
  }
  const sequenceOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber
  const statuses = (world: World, requestIds: string[]) =>
    Promise.all(requestIds.map((requestId) => world.storedStatus(requestId)))

  test('because newer code wrote it is retried, and the records around it are processed', async () => {
    const world = createWorld()
    const { requestIds, records } = await threeOrders(world)
    const newer = records.find((record) => keyOf(record) === `TSR#${account}#upstream-2`)
    delete newer?.dynamodb?.NewImage?.['requestId']
    newer!.dynamodb!.NewImage!['itemVersion'] = { N: '2' }

    const outcome = await project(world, records)

    expect(outcome).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceOf(newer) }] })
    expect(await statuses(world, requestIds)).toEqual(['submitted', 'submitted', 'submitted'])
  })

  test('because the table does not answer ends the batch in time, and the stream delivers all of it again', async () => {
    const world = createWorld()
    const { requestIds, records } = await threeOrders(world)
    world.faults.store = () => (world.advance(9), true)
    const startedAt = world.now()

    const outcome = await project(world, [...records, ...records, ...records])

    expect(world.now() - startedAt).toBeLessThan(55_000)
    delete world.faults.store
    expect(outcome).not.toEqual({ batchItemFailures: [] })
    await world.settle()
    expect(await statuses(world, requestIds)).toEqual(['submitted', 'submitted', 'submitted'])
  })

  test('because it is malformed is set aside, so that it does not block the shard', async () => {
    const world = createWorld()
    const { requestIds, records } = await threeOrders(world)
    const poisoned = records.find((record) => keyOf(record) === `TSR#${account}#upstream-2`)
    delete poisoned?.dynamodb?.NewImage?.['requestId']

    expect(await project(world, records)).toEqual({ batchItemFailures: [] })

    expect(await statuses(world, requestIds)).toEqual(['submitted', 'submitted', 'submitted'])
  })

  test('because a request cannot be read is reported as the first record of the first such request', async () => {
    const world = createWorld()
    const { requestIds, records } = await threeOrders(world)
    const [first, second, third] = requestIds
    world.faults.store = ({ command, input }) =>
      command === 'GetCommand' &&
      [second, third].some((requestId) => JSON.stringify(input).includes(`"REQ#${requestId}"`))

    const outcome = await project(world, records)

    const named = records.find((record) => entityOf(record) === 'submission' && keyOf(record) === `REQ#${second}`)
    expect(outcome).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceOf(named) }] })
    expect(await world.storedStatus(first ?? '')).toBe('submitted')
  })

  test('is processed on redelivery without repeating the work already done', async () => {
    const world = createWorld()
    const { requestIds, records } = await threeOrders(world)
    world.faults.store = ({ command }) => command === 'UpdateCommand'
    const first = await project(world, records)
    delete world.faults.store

    const second = await project(world, records)

    expect(first.batchItemFailures).toHaveLength(1)
    expect(second).toEqual({ batchItemFailures: [] })
    expect(await statuses(world, requestIds)).toEqual(['submitted', 'submitted', 'submitted'])
  })

  test('without a sequence number fails the whole batch', async () => {
    const world = createWorld()
    const { records } = await threeOrders(world)
    world.faults.store = () => true
    for (const { dynamodb } of records) delete dynamodb?.SequenceNumber

    await expect(project(world, records)).rejects.toThrow('sequence number')
  })
})

test('project-changes skips records that do not concern a request', async () => {
  const world = createWorld()
  await world.order('enable', localBody())
  const records = world.streamRecords()
  for (const { dynamodb } of records) dynamodb!.NewImage!['entity'] = { S: 'something new' }
  const removal = { ...records[0], dynamodb: { Keys: records[0]!.dynamodb!.Keys! } }

  expect(await project(world, [...records, removal])).toEqual({ batchItemFailures: [] })
  expect(world.topic.published).toEqual([])
})

test('project-changes skips a change to a request that no longer exists', async () => {
  const world = createWorld()
  await world.order('enable', localBody())
  const records = world.streamRecords().filter((record) => entityOf(record) === 'submission')
  const elsewhere = createWorld()

  expect(await project(elsewhere, records)).toEqual({ batchItemFailures: [] })
  expect(elsewhere.items()).toEqual([])
})

test('two concurrent batches update the summary of one request without losing a result', async () => {
  const world = createWorld()
  world.thingSpace.will(accepts)
  const { requestId } = await world.order('enable', localBody(6))
  await world.settle()
  const known = world.streamRecords().length
  await world.callback(Array.from({ length: 6 }, (_, index) => callbackOf(index + 1)))
  const records = world.streamRecords().slice(known)

  await Promise.all([project(world, records.slice(0, 3)), project(world, records.slice(3))])

  expect(await world.store.getRequest(requestId)).toMatchObject({
    summary: { status: 'succeeded', devices: { succeeded: 6 } },
  })
})
