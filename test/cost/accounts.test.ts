import { expect, test } from 'vitest'
import { account, localBody } from '../builders.ts'
import { bodyOf, createWorld } from '../fakes/world.ts'

type Shown = { open: { requests: number; complete: boolean } }

/** The read units of the state of an account with so many open orders for a hundred devices, and what it shows. */
async function stateWith(orders: number) {
  const world = createWorld()
  for (let order = 0; order < orders; order += 1) await world.order('enable', localBody(100))
  const before = world.meter().readUnits
  const path = { accountName: account }
  const { open } = bodyOf(await world.support('/v1/accounts/{accountName}', { path }), 200) as Shown
  return { units: world.meter().readUnits - before, open }
}

test('the state of an account reads a bounded number of units, and says that it counted not everything', async () => {
  const few = await stateWith(10)
  const many = await stateWith(1_200)
  expect(few.open).toEqual({ requests: 10, devices: 1000, complete: true })
  // Each of the 16 shards of the due index is half a unit.
  expect(few.units).toBeLessThan(55)
  expect(many.open).toMatchObject({ requests: 500, complete: false })
  expect(many.units).toBeLessThan(550)
}, 300_000)
