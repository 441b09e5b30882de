import { describe, expect, test } from 'vitest'
import { createFlowControl } from '../../lib/profile/flow-control/flow-control.ts'
import { openFlow } from '../../lib/profile/flow-control/flow.ts'
import type { Lane } from '../../lib/profile/request/submission.ts'
import { account, aSetting, orderFor } from '../builders.ts'
import { createWorld, type World } from '../fakes/world.ts'

type Sleeping = { callsPerMinute?: number; meanwhile?: () => Promise<unknown> }

/** Flow control of an environment whose sleep moves the clock. `meanwhile` happens at the end of each sleep. */
function environment(world: World, { callsPerMinute = 60, meanwhile }: Sleeping = {}) {
  const flow = createFlowControl({
    store: world.flows,
    credentialSetFor: () => 'default',
    settings: aSetting({ callsPerMinute }),
    clock: world.now,
    random: () => 0,
    sleep: async (milliseconds) => {
      world.advance(milliseconds / 1000)
      await meanwhile?.()
    },
    log: world.log,
  })
  return (lane: Lane) => flow.ask({ accountName: account, lane, mayProbe: true })
}

/** Stores when the next turn is, and when a bulk order last had one, in seconds from now. */
const storeTurns = (world: World, { next, bulk }: { next: number; bulk: number }) =>
  world.flows.saveFlow(
    'default',
    {
      ...openFlow(20),
      revision: 1,
      turns: { nextAt: world.now() + next * 1000, bulkAt: world.now() + bulk * 1000 },
    },
    undefined,
  )

describe('a call that waits for its turn', () => {
  test.for<{ lane: Lane; next: number; bulk: number }>([
    { lane: 'single', next: 2.2, bulk: -1 },
    { lane: 'bulk', next: 1.9, bulk: -8.1 },
  ])('begins within two seconds or is held, if others are faster: $lane', async ({ lane, next, bulk }) => {
    const world = createWorld()
    await storeTurns(world, { next, bulk })
    const other = environment(world)
    const askedAt = world.now()
    let overtakes = 0
    const meanwhile = async () => {
      overtakes += 1
      if (overtakes === 1) await other('single')
    }

    await environment(world, { meanwhile })(lane)

    expect(overtakes).toBeGreaterThan(0)
    expect(world.now() - askedAt).toBeLessThanOrEqual(2_000)
  })

  test('leaves the next turn to a single order that is held', async () => {
    const world = createWorld()
    const [ofBulk, ofSingles] = [1, 2].map(() => environment(world, { callsPerMinute: 12 })) as [Ask, Ask]
    expect(await ofBulk('bulk')).toMatchObject({ kind: 'go' })
    world.advance(0.5)

    const held = await ofSingles('single')

    expect(held).toMatchObject({ kind: 'hold', why: 'busy' })
    world.advance(4.5)
    expect(await ofBulk('bulk')).toMatchObject({ kind: 'hold', why: 'busy' })
    world.advance(3)
    expect(await ofSingles('single')).toMatchObject({ kind: 'go' })
    world.advance(60)
    expect(await ofBulk('bulk')).toMatchObject({ kind: 'go' })
  })

  test('is written once, also if other environments have had turns meanwhile', async () => {
    const world = createWorld()
    const environments = [1, 2, 3].map(() => environment(world))
    let refused = 0
    const stored = { ...world.flows }
    world.flows.saveFlow = async (...call) => {
      const saved = await stored.saveFlow(...call)
      if (saved.kind === 'changed') refused += 1
      return saved
    }
    for (let round = 0; round < 3; round += 1)
      for (const ask of environments) {
        expect(await ask('single')).toMatchObject({ kind: 'go' })
        world.advance(1)
      }
    expect(refused).toBe(0)
  })
})
type Ask = ReturnType<typeof environment>

test('an order for an account that is not served takes no turn', async () => {
  const world = createWorld({ settings: { callsPerMinute: 60 }, served: { accounts: [], unserved: 'refuse' } })
  expect(await world.submit('enable', orderFor(1))).toMatchObject({ status: 409, body: { code: 'account-not-served' } })
  expect(await world.flows.readFlow('default')).toBeUndefined()
})
