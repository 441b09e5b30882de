import { expect, test } from 'vitest'
import { account, eidOf, localBody, someDevices } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'
import { acceptsInSilence } from '../fakes/thing-space.ts'

const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds

// 1. An order names an ICCID of 19 digits without its check digit (18 digits).
test('adopts the callback of a device that was ordered by an ICCID without its check digit', async () => {
  const world = createWorld()
  world.thingSpace.will(acceptsInSilence)
  const { requestId } = await world.order('delete', {
    accountName: account,
    smsrOid: '1.3.6.1.4.1',
    devices: [
      {
        deviceIds: [
          { kind: 'eid', id: eidOf(1) },
          { kind: 'iccid', id: '891481000000000003' },
        ],
      },
    ],
  })
  world.advance(5)
  await world.callback(aCallbackOf('upstream-1', [{ kind: 'iccid', id: '8914810000000000038' }]))
  await world.settle()
  expect(await world.storedStatus(requestId)).toBe('succeeded')
})

// 2. Two calls with one key in one millisecond: the links of the call that lost replace those of the call that won.
test('adopts a callback although a second call with the same key wrote its links later', async () => {
  const world = createWorld()
  world.thingSpace.will(acceptsInSilence)
  const [first] = await Promise.all([
    world.submit('delete', localBody(), { key: 'k' }),
    world.submit('delete', localBody(), { key: 'k' }),
  ])
  expect(first.status).toBe(202)
  const [requestId] = world.requestIds()
  world.advance(5)
  await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
  await world.settle()
  expect(await world.storedStatus(requestId!)).toBe('succeeded')
})

// 3. Two orders of one device whose answers were lost; the first is sent again despite callbacks, and lost again.
test('does not give a callback to another order because the second attempt of its own was adopted', async () => {
  const world = createWorld({ settings: { resultsWithinSeconds: 3600 } })
  world.thingSpace.will(acceptsInSilence, acceptsInSilence, acceptsInSilence)
  const one = await world.order('delete', localBody())
  const other = await world.order('delete', localBody())
  world.advance(5)
  await world.callback([aCallbackOf('upstream-1', deviceAt(1)), aCallbackOf('upstream-2', deviceAt(1))])
  await world.settle()
  await world.pass(7200)
  await world.decide('retry', one.requestId, { body: { despiteCallbacks: true } })
  await world.settle()
  world.advance(5)
  await world.callback(aCallbackOf('upstream-3', deviceAt(1)))
  await world.settle()
  await world.pass(7200)
  const view = await world.show(other.requestId)
  // upstream-1 is about the first order; nobody can tell, so it must not be given to the other one.
  expect(JSON.stringify(view)).not.toContain('upstream-1')
})
