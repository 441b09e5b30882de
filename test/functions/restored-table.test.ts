import { describe, expect, test } from 'vitest'
import { localBody, someDevices } from '../builders.ts'
import { acceptsInSilence, throttles } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'

// docs/disaster.md: the table is put back to an earlier state while ThingSpace goes on.

const day = 24 * 3600
const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds

describe('after the table was put back to an earlier state', () => {
  test('a request that it lacks is not found, is not sent again, and its late callback is listed as an orphan', async () => {
    const world = createWorld()
    const putBack = world.keepTable()
    const { requestId } = await world.order('delete', localBody())
    await world.settle()
    putBack()

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.pass(2 * day)

    expect(await world.get('/v1/requests/{requestId}', { path: { requestId } })).toMatchObject({ status: 404 })
    expect(world.thingSpace.calls).toHaveLength(1)
    expect(world.itemsOf('orphan')).toMatchObject([{ pk: expect.stringContaining('upstream-1') as string }])
  })

  test('a request whose result it lacks expires, and says so', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody())
    await world.settle()
    const putBack = world.keepTable()
    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
    putBack()

    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
    await world.pass(2 * day)

    expect(await world.show(requestId)).toMatchObject({ status: 'expired', final: true })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('a callback that is sent after it completes a request as usual', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody())
    await world.settle()
    world.keepTable()()

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('a request whose attempt was in flight waits for a decision and is not sent again', async () => {
    const world = createWorld()
    world.thingSpace.will(acceptsInSilence)
    const { requestId } = await world.order('delete', localBody())
    const putBack = world.keepTable()
    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()
    putBack()

    await world.pass(2 * day)

    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed' })
    expect(world.thingSpace.calls).toHaveLength(1)
  })

  test('a submission that was queued and was sent later is sent again, unless it is cancelled before the sweep runs', async () => {
    const callsAfter = async (isCancelled: boolean) => {
      const world = createWorld()
      const { requestId } = await world.order('delete', localBody(150))
      const putBack = world.keepTable()
      await world.settle()
      const before = world.thingSpace.calls.length
      putBack()
      if (isCancelled) await world.decide('cancel', requestId)
      await world.pass(day)
      return world.thingSpace.calls.length - before
    }
    expect(await callsAfter(false)).toBe(2)
    expect(await callsAfter(true)).toBe(0)
  })
})

// These worlds begin at the restore point: their first orders are in the state to which the table was put back.
describe('with the time of the restore in restoredAt', () => {
  const createRestored = () => createWorld({ settings: { restoredAt: 1_790_000_000_000 } })

  test('a large order whose submissions may have been sent since is not sent, and waits for a decision', async () => {
    const world = createRestored()
    const { requestId } = await world.order('delete', localBody(150))

    await world.pass(2 * day)

    expect(world.thingSpace.calls).toEqual([])
    expect(await world.show(requestId)).toMatchObject({
      status: 'unconfirmed',
      next: { what: 'decision', why: expect.stringContaining('The table was put back to an earlier time') as string },
      submissions: { items: [{ attempts: [{ outcome: 'unknown', cause: 'table-restored' }] }, {}] },
    })
  })

  test('a submission that was waiting for a retry is not sent, and a callback proves that it was', async () => {
    const world = createRestored()
    world.thingSpace.will(throttles())
    const { requestId } = await world.order('delete', localBody())

    await world.pass(300)
    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed' })
    await world.callback(aCallbackOf('sent-since', deviceAt(1)))
    await world.pass(3600)

    expect(world.thingSpace.calls).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('an action that may run twice is sent again after its grace period', async () => {
    const world = createRestored()
    world.thingSpace.will(throttles())
    const { requestId } = await world.order('enable', localBody())

    await world.pass(300)

    expect(world.thingSpace.calls).toHaveLength(2)
    expect(await world.show(requestId)).toMatchObject({ status: 'submitted' })
  })

  test('a submission whose work message was lost is not sent either', async () => {
    const world = createRestored()
    world.thingSpace.will(throttles())
    world.queue.isDown = true
    const { requestId } = await world.order('delete', localBody())
    world.queue.isDown = false

    await world.pass(2 * day)

    expect(world.thingSpace.calls).toHaveLength(1)
    expect(await world.show(requestId)).toMatchObject({ status: 'unconfirmed' })
  })

  test('what is ordered later is sent and retried as usual', async () => {
    const world = createRestored()
    await world.pass(60)
    world.thingSpace.will(throttles())
    const single = await world.order('delete', localBody())
    const large = await world.order('delete', { ...localBody(), devices: someDevices(150, 1000) })

    await world.pass(300)

    expect(world.thingSpace.calls).toHaveLength(4)
    expect(await world.show(single.requestId)).toMatchObject({ status: 'submitted' })
    expect(await world.show(large.requestId)).toMatchObject({ status: 'submitted' })
  })
})
