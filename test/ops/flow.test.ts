import { expect, test } from 'vitest'
import type { SubmissionOutcome } from '../../lib/profile/request/outcome.ts'
import { account, localBody, orderFor } from '../builders.ts'
import { accepts, isDown, throttles } from '../fakes/thing-space.ts'
import { createWorld, type World } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

const overload: SubmissionOutcome = { kind: 'not-accepted', cause: 'throttled', error: { status: 429 } }

async function overloaded(world: World) {
  const permit = await world.newFlow().ask({ accountName: account, lane: 'single', mayProbe: true })
  if (permit.kind === 'hold') throw new Error('held')
  permit.note(overload, world.now())
  await permit.release()
}

async function stopped() {
  const world = createWorld()
  world.thingSpace.otherwise = isDown
  for (let card = 1; card <= 20; card += 1) await world.submit('delete', orderFor(card))
  return world
}

const iso = (instant: number) => new Date(instant).toISOString()

test('ops flow shows credential sets without trouble', async () => {
  const { outcome, data, text } = await opsBench(createWorld()).ops('flow')

  expect(outcome).toBe('done')
  expect(data).toMatchObject({
    flows: [
      { credentialSet: 'default', state: 'not-limited', limit: 20, largestLimit: 20, underWay: null },
      { credentialSet: 'other', state: 'not-limited' },
    ],
  })
  expect(text).toMatch(/default +not limited +20 of 20/)
})

test('ops flow shows a limit, and the calls under way by lane', async () => {
  const world = createWorld()
  await overloaded(world)
  const loweredAt = iso(world.now())
  world.advance(10)
  for (const lane of ['single', 'bulk', 'bulk'] as const)
    await world.newFlow().ask({ accountName: account, lane, mayProbe: true })

  const { outcome, data, text } = await opsBench(world).ops('flow')

  expect(outcome).toBe('done')
  expect(data).toMatchObject({
    flows: [
      {
        state: 'limited',
        limit: 10,
        largestLimit: 20,
        underWay: { single: 1, bulk: 2 },
        pausedUntil: null,
        pausedBecause: null,
        failures: 1,
        loweredAt,
      },
      { state: 'not-limited' },
    ],
  })
  expect(text).toMatch(/limited +10 of 20 +1 single, 2 bulk/)

  world.advance(61)
  expect((await opsBench(world).ops('flow')).data).toMatchObject({ flows: [{ underWay: { single: 0, bulk: 0 } }, {}] })
})

test('ops flow shows a pause, which resume ends for every environment within seconds', async () => {
  const world = createWorld()
  world.thingSpace.will(throttles(3_600))
  const seenPause = world.newFlow()
  await world.submit('delete', localBody())
  expect(await seenPause.ask({ accountName: account, lane: 'single', mayProbe: true })).toMatchObject({ kind: 'hold' })
  const { ops } = opsBench(world)

  const shown = await ops('flow')
  expect(shown.outcome).toBe('failed')
  expect(shown.data).toMatchObject({
    flows: [{ state: 'paused', pausedBecause: 'retry-after', pausedUntil: iso(world.now() + 3_600_000) }, {}],
  })

  expect(await ops('flow resume default', { says: false })).toMatchObject({ outcome: 'declined' })
  expect(await world.flows.readFlow('default')).toHaveProperty('pause')
  expect(await ops('flow resume default')).toMatchObject({ outcome: 'done' })
  world.advance(6)
  expect(await seenPause.ask({ accountName: account, lane: 'single', mayProbe: true })).toMatchObject({ kind: 'go' })
  const later = await world.order('delete', orderFor(2))
  expect(await world.show(later.requestId)).toMatchObject({ status: 'submitted' })
})

test('ops flow resume says that there is nothing to resume without a pause, and writes no audit', async () => {
  const world = createWorld()
  await overloaded(world)

  for (const set of ['default', 'other']) {
    const { outcome, notes, questions } = await opsBench(world).ops(`flow resume ${set}`)
    expect(outcome).toBe('nothing')
    expect(notes).toContain('nothing to resume')
    expect(questions).toEqual([])
  }
  await expect(opsBench(world).ops('flow resume nobody')).rejects.toThrow('no credential set "nobody"')
  await expect(opsBench(world).ops('flow stop default')).rejects.toThrow('only the subcommand resume')
  expect((await opsBench(world).ops('audit')).data).toMatchObject({ entries: [] })
})

test('after ops flow resume a stopped credential set is probed once before an order is sent', async () => {
  const world = await stopped()
  const { ops } = opsBench(world)
  expect((await ops('flow')).data).toMatchObject({
    flows: [{ state: 'stopped', limit: 1, pausedBecause: 'failing' }, {}],
  })

  expect(await ops('flow resume default')).toMatchObject({ outcome: 'done' })

  const { data } = await ops('flow')
  expect(data).toMatchObject({ flows: [{ state: 'stopped', limit: 1, pausedUntil: null }, {}] })
  const asked = await Promise.all(
    [1, 2].map(() => world.newFlow().ask({ accountName: account, lane: 'single', mayProbe: true })),
  )
  expect(asked).toContainEqual(expect.objectContaining({ kind: 'go', isProbe: true }))
  expect(asked).toContainEqual(expect.objectContaining({ kind: 'hold' }))
  expect(await ops('flow resume default')).toMatchObject({ outcome: 'nothing' })
  expect((await ops('audit')).data).toMatchObject({
    entries: [{ act: 'flow.resume', actor: 'operator:kim', subject: 'default', result: 'done' }],
  })
})

test('the pauses after ops flow resume begin with a short one, if ThingSpace still does not answer', async () => {
  const world = await stopped()
  await world.pass(900)
  expect((await world.flows.readFlow('default'))!.stops).toBeGreaterThan(5)
  const { ops } = opsBench(world)
  const attempts = world.thingSpace.calls.length
  // The next probe may be due only minutes after a pause, when a held order comes back.
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await ops('flow resume default')).outcome === 'done') break
    await world.pass(5)
  }
  expect(await world.flows.readFlow('default')).toMatchObject({ stops: 1 })
  await world.order('delete', orderFor(30))
  await world.pass(20)
  expect(await world.flows.readFlow('default')).toMatchObject({ stops: 2 })
  expect(world.thingSpace.calls).toHaveLength(attempts)
})

test('ops flow resume changes nothing if a call has ended since the flow was shown', async () => {
  const world = await stopped()
  const bench = opsBench(world, {
    flows: () => ({
      credentialSets: ['default'],
      dependencies: {
        most: 20,
        clock: world.now,
        store: {
          async readFlow(credentialSet) {
            const seen = await world.flows.readFlow(credentialSet)
            if (seen !== undefined)
              await world.flows.saveFlow(credentialSet, { ...seen, revision: seen.revision + 1 }, seen.revision)
            return seen
          },
          saveFlow: async (...given) => world.flows.saveFlow(...given),
        },
      },
    }),
  })

  const { outcome, notes } = await bench.ops('flow resume default')

  expect(outcome).toBe('failed')
  expect(notes).toContain('went on meanwhile')
  expect(await world.flows.readFlow('default')).toMatchObject({ pause: { why: 'failing' } })
})

test('orders that were held during a stop are sent after resume', async () => {
  const world = await stopped()
  world.thingSpace.otherwise = accepts
  const { outcome, notes } = await opsBench(world).ops('flow resume default')
  expect(outcome).toBe('done')
  expect(notes).toContain('Orders that are held already ask again within four minutes.')
  await world.pass(900)
  expect(world.thingSpace.accepted).toHaveLength(20)
})
