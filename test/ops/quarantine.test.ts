import { expect, test } from 'vitest'
import { account, eidOf, localBody } from '../builders.ts'
import { PoisonedItem } from '../../lib/profile/request/poisoned-item.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

const idsOf = async (world: World) => (await world.store.listQuarantine({ limit: 100 })).rows.map(({ id }) => id)

/** A callback that an earlier version of the code did not understand. */
async function kept(world: World, over: { reason?: string; raw?: string } = {}) {
  const raw = JSON.stringify(
    aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }], 'succeeded', {
      username: undefined,
      password: undefined,
    }),
  )
  await world.store.quarantine({ accountName: account, receivedAt: world.now(), reason: 'no-verdict', raw, ...over })
}

test('ops quarantine rerun records a callback that is understood today and removes it from quarantine', async () => {
  const world = createWorld()
  const { requestId } = await world.order('disable', localBody())
  await kept(world)
  await kept(world, { raw: '{"what":"nobody knows"}' })

  const told = await opsBench(world).ops('quarantine rerun --all')
  await world.settle()

  expect(told.outcome).toBe('failed')
  expect(told.notes).toMatch(/no-verdict +understood +1/)
  expect(told.notes).toContain('1 of 2 messages stays in quarantine.')
  expect(told.data).toEqual({ outcomes: { recorded: 1, 'still not understood (no-request-id)': 1 } })
  expect((await world.show(requestId)).status).toBe('succeeded')
  expect(await idsOf(world)).toHaveLength(1)
})

test('ops quarantine rerun treats a second copy of a callback as a duplicate', async () => {
  const world = createWorld()
  await world.order('disable', localBody())
  await kept(world)
  await opsBench(world).ops('quarantine rerun --all')
  await kept(world)

  expect((await opsBench(world).ops('quarantine rerun --all')).data).toEqual({ outcomes: { duplicate: 1 } })
  expect(await world.store.listResults({ accountName: account, upstreamRequestId: 'upstream-1' })).toHaveLength(1)
})

test('ops quarantine rerun keeps a message whose stored result cannot be read, and goes on with the others', async () => {
  const world = createWorld()
  await world.order('disable', localBody())
  await kept(world)
  const raw = JSON.stringify(aCallbackOf('upstream-2', [{ kind: 'eid', id: eidOf(2) }], 'succeeded'))
  await kept(world, { raw })
  const recordResult = world.store.recordResult.bind(world.store)
  world.store.recordResult = async (callback, arrival) => {
    if (callback.upstreamRequestId === 'upstream-1') throw new PoisonedItem('the stored result cannot be read')
    return recordResult(callback, arrival)
  }

  const told = await opsBench(world).ops('quarantine rerun --all')

  expect(told).toMatchObject({ outcome: 'failed', data: { outcomes: { 'poisoned-result': 1, recorded: 1 } } })
  expect(await idsOf(world)).toHaveLength(1)
})

test.each(['wrong-credentials', 'credentials-missing', 'unlisted-address'])(
  'a callback quarantined for its sender (%s) is accepted only with an explicit option',
  async (reason) => {
    const world = createWorld()
    const { requestId } = await world.order('disable', localBody())
    await kept(world, { reason })
    const { ops } = opsBench(world)

    expect(await ops('quarantine rerun --all')).toMatchObject({ outcome: 'nothing', questions: [] })
    expect(await idsOf(world)).toHaveLength(1)

    expect(await ops('quarantine rerun --all --accept-unauthenticated')).toMatchObject({ outcome: 'done' })
    await world.settle()
    expect(await idsOf(world)).toEqual([])
    expect(await world.devices(requestId)).toMatchObject([{ status: 'succeeded', result: { provenance: 'operator' } }])
  },
)

test('ops quarantine counts messages by reason and masks long digits unless asked', async () => {
  const world = createWorld()
  await kept(world)
  const { ops } = opsBench(world)

  const { text } = await ops('quarantine list')
  const [id = ''] = await idsOf(world)
  const shown = await ops(`quarantine show ${id}`)

  expect(text).toMatch(/no-verdict +1/)
  expect(shown.text).toContain('understood, as succeeded')
  expect(shown.text).not.toContain(eidOf(1))
  expect((await ops(`quarantine show ${id} --full`)).text).toContain(eidOf(1))
  expect((await ops('quarantine list --reason something-else')).text).toBe('Nothing is in quarantine.')
})

test('ops quarantine rerun fails if it leaves a message that it should record, for any reason', async () => {
  const world = createWorld()
  await world.order('disable', localBody())
  const { ops } = opsBench(world)

  await kept(world, { reason: 'no-account', raw: '{"requestId":"upstream-1","status":"Perhaps"}' })
  expect(await ops('quarantine rerun --all')).toMatchObject({ outcome: 'failed' })
  expect(await ops('quarantine dismiss --all --why test')).toMatchObject({ outcome: 'done' })

  for (const note of Array.from({ length: 10 }, (_, at) => String(at)))
    await kept(world, { raw: `{"requestId":"upstream-1","status":"Success","note":"${note}"}` })
  expect(await ops('quarantine rerun --all')).toMatchObject({
    outcome: 'failed',
    data: { outcomes: { recorded: 1, outranked: 8, 'too-much-evidence': 1 } },
  })
  expect(await idsOf(world)).toHaveLength(1)
})

test('ops quarantine rerun assigns a callback without a device to the only device of its request', async () => {
  const world = createWorld()
  const { requestId } = await world.order('disable', localBody())
  await kept(world, { reason: 'no-known-identifier', raw: '{"requestId":"upstream-1","status":"Success"}' })

  expect((await opsBench(world).ops('quarantine rerun --all')).data).toEqual({ outcomes: { recorded: 1 } })
  await world.settle()
  expect((await world.show(requestId)).status).toBe('succeeded')
  expect(await idsOf(world)).toEqual([])
})

test('ops quarantine rerun requires a selection and refuses anything else', async () => {
  const { ops } = opsBench(createWorld())

  await expect(ops('quarantine rerun')).rejects.toThrow('Select messages')
  await expect(ops('quarantine burn')).rejects.toThrow('not "burn"')
})

test('ops quarantine rerun reads a message that was too large for the function', async () => {
  const world = createWorld()
  const { requestId } = await world.order('disable', localBody())
  await world.callback(
    aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }], 'succeeded', { filler: 'x'.repeat(90_000) }),
  )
  expect((await world.store.listQuarantine({ limit: 9 })).rows).toMatchObject([{ reason: 'too-large', count: 1 }])

  expect((await opsBench(world).ops('quarantine rerun --all')).data).toEqual({ outcomes: { recorded: 1 } })
  await world.settle()
  expect((await world.show(requestId)).status).toBe('succeeded')
})

test('ops quarantine dismiss requires a reason and stores who decided it', async () => {
  const world = createWorld()
  await kept(world, { raw: '{"what":"a scanner"}' })
  await kept(world)
  const { ops } = opsBench(world)
  const [id] = (await world.store.listQuarantine({ limit: 9 })).rows
    .filter(({ raw }) => raw.includes('scanner'))
    .map((row) => row.id)

  await expect(ops(`quarantine dismiss ${id}`)).rejects.toThrow('Give the reason')
  expect(await ops(`quarantine dismiss ${id} --why scanner`, { says: false })).toMatchObject({ outcome: 'declined' })
  expect(await ops(`quarantine dismiss ${id} --why scanner`)).toMatchObject({ outcome: 'done', data: { dismissed: 1 } })
  expect(await ops(`quarantine dismiss ${id} --why scanner`)).toMatchObject({ outcome: 'nothing' })

  expect(await idsOf(world)).toHaveLength(1)
  expect((await ops('quarantine list --dismissed')).data).toMatchObject({
    dismissed: [{ id, by: 'operator:kim', why: 'scanner', at: world.now(), reason: 'no-verdict' }],
  })
})
