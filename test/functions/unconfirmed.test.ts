import { expect, test } from 'vitest'
import { account, eidOf, iccidOf, localBody, someDevices } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'
import { acceptsInSilence } from '../fakes/thing-space.ts'

const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds

test.each([
  ['891481000000000003', '8914810000000000038'],
  ['8914810000000000038', '891481000000000003'],
  // The last digit is not the Luhn digit, as in most of Verizon's examples.
  ['89148000004939209016', '8914800000493920901'],
  ['8914800000493920901', '89148000004939209016'],
])(
  'a submission without a response for the ICCID %s adopts a callback that names the ICCID %s',
  async (ordered, called) => {
    const world = createWorld()
    world.thingSpace.will(acceptsInSilence)
    const { requestId } = await world.order('delete', {
      accountName: account,
      smsrOid: '1.3.6.1.4.1',
      devices: [
        {
          deviceIds: [
            { kind: 'eid', id: eidOf(1) },
            { kind: 'iccid', id: ordered },
          ],
        },
      ],
    })
    world.advance(5)
    await world.callback(aCallbackOf('upstream-1', [{ kind: 'iccid', id: called }]))
    await world.settle()
    expect(await world.storedStatus(requestId)).toBe('succeeded')
  },
)

test('a submission without a response adopts its callback although a second call with the same key wrote its links later', async () => {
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

test('a submission without a response adopts its callback although many later requests have results that name its card', async () => {
  const world = createWorld()
  world.thingSpace.will(acceptsInSilence)
  const { requestId } = await world.order('delete', localBody())
  for (let index = 0; index < 30; index += 1) {
    world.advance(1)
    const line = { kind: 'mdn', id: `55500000${10 + index}` }
    await world.order('activate', { devices: [{ deviceIds: [line] }], accountName: account })
    await world.callback(aCallbackOf(`upstream-${index + 2}`, [line, ...deviceAt(1)]))
  }
  await world.settle()
  const path = { kind: 'iccid', id: iccidOf(1) }
  const history = await world.get('/v1/devices/{kind}/{id}/requests', { path, query: { limit: '100' } })
  expect((history.body as { items: unknown[] }).items).toHaveLength(31)

  await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
  await world.settle()

  expect(await world.show(requestId)).toMatchObject({
    status: 'succeeded',
    submissions: { items: [{ adopted: ['upstream-1'] }] },
  })
})

test('a submission without a response adopts its callback although a later order names its card with many profiles', async () => {
  const world = createWorld()
  world.thingSpace.will(acceptsInSilence)
  const { requestId } = await world.order('delete', localBody())
  const [card] = deviceAt(1)
  const profiles = someDevices(150, 100).map(({ deviceIds: [, profile] }) => ({ deviceIds: [card, profile] }))
  await world.order('disable', localBody(1, { devices: profiles }))
  await world.settle()

  await world.callback(aCallbackOf('upstream-1', [card!]))
  await world.settle()

  expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
})

test.each([30, 101])(
  'a submission that a callback may be about is not sent again although %s later orders name its device',
  async (count) => {
    const world = createWorld()
    world.thingSpace.will(acceptsInSilence, acceptsInSilence)
    const { requestId } = await world.order('delete', localBody())
    const other = await world.order('delete', localBody())
    for (let index = 0; index < count; index += 1) {
      world.advance(1)
      await world.order('disable', localBody())
    }
    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()

    for (const each of [requestId, other.requestId])
      expect(await world.decide('retry', each)).toMatchObject({ status: 409, body: { code: 'may-have-run' } })
    await world.settle()
    expect(world.thingSpace.calls.filter(({ action }) => action === 'delete')).toHaveLength(2)
  },
)

test('a callback is not given to another order when its own order has adopted its second attempt', async () => {
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
  // upstream-1 is for the first order. The gateway cannot know that, so the other order must not adopt it.
  expect(JSON.stringify(view)).not.toContain('upstream-1')
})
