import { expect, test } from 'vitest'
import { account, eidOf, localBody } from '../builders.ts'
import { createWorld } from '../fakes/world.ts'

/** Read units of a call of query-support. */
async function unitsOf(world: ReturnType<typeof createWorld>, route: string, call: object): Promise<number> {
  const before = world.meter().readUnits
  expect(await world.support(route, call)).toMatchObject({ status: 200 })
  return world.meter().readUnits - before
}

/** A world in which one account has ordered for a hundred devices so many times, and each order named the same cards. */
async function worldWith(orders: number) {
  const world = createWorld()
  const ids: string[] = []
  for (let order = 0; order < orders; order += 1) {
    ids.push((await world.order('enable', localBody(100))).requestId)
    world.advance(1)
  }
  const [first = ''] = ids
  const path = { kind: 'eid', id: eidOf(7) }
  return {
    search: await unitsOf(world, '/v1/search', { query: { q: eidOf(7) } }),
    searchById: await unitsOf(world, '/v1/search', { query: { q: first } }),
    card: await unitsOf(world, '/v1/cards/{kind}/{id}', { path }),
    failures: await unitsOf(world, '/v1/failures', { query: { accountName: account } }),
  }
}

test('search and card read no more units with 100,000 devices of history than with 15,000', async () => {
  const some = await worldWith(150)
  const many = await worldWith(1_000)
  expect(many).toEqual(some)
  expect(many.search).toBeLessThan(30)
  expect(many.searchById).toBeLessThan(10)
  // Each of the newest hundred requests of the card is open, which is the worst case.
  expect(many.card).toBeLessThan(600)
}, 300_000)
