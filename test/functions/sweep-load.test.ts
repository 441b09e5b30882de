import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { dueShards } from '../../lib/profile/request/due-store.ts'
import { sweepsSideBySide } from '../../lib/profile/sweep/share.ts'
import { localBody, someDevices } from '../builders.ts'
import { createWorld, killed, type World } from '../fakes/world.ts'

const lanes = 20
const orders = 2000

/** Orders whose functions were killed behind their POSTs. Their leases have expired, and they will be due again much later. */
async function withMuchDue(world: World, count: number): Promise<string[]> {
  for (let index = 1; index <= count; index += 1) {
    world.killBehind(3)
    await world.run(() => world.submit('delete', localBody(1, { devices: someDevices(1, index) })))
  }
  world.advance(10 * 60)
  return world.requestIds()
}

/** What sweeps did to submissions, one line for each. */
const swept = (world: World): string[] =>
  world.log.lines.flatMap(({ message, fields }) =>
    message === 'submission swept' ? [String(fields['requestId'])] : [],
  )

async function sweep(world: World) {
  const counts = await world.sweep()
  if (counts === killed) throw new Error('it was killed')
  return counts
}

/** Starts so many sweeps in each of four minutes, while the earlier ones are still at work. */
function sweepsOfFourMinutes(world: World, inEach: number) {
  return Array.from({ length: sweepsSideBySide }, (_, minute) => {
    if (minute > 0) world.advance(60)
    return Array.from({ length: inEach }, () => sweep(world))
  }).flat()
}

describe('thousands of due items', () => {
  let atOnce = 0
  let most = 0
  let refused = 0
  let world: World
  beforeEach(() => {
    atOnce = most = refused = 0
    world = createWorld({
      observe: ({ error }) => {
        atOnce -= 1
        if (error !== undefined) refused += 1
      },
    })
    world.faults.store = async () => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await turn()
      return false
    }
  })

  test('are processed once each by sweeps that begin each minute and work side by side', async () => {
    const requestIds = await withMuchDue(world, orders)
    most = 0

    const counts = await Promise.all(sweepsOfFourMinutes(world, 1))

    expect(swept(world).toSorted()).toEqual(requestIds.toSorted())
    expect(counts.reduce((sum, { done }) => sum + done, 0)).toBe(orders)
    expect(counts.map(({ failed }) => failed)).toEqual([0, 0, 0, 0])
    // Each did a share, and no write met another one.
    for (const { done } of counts) expect(done).toBeGreaterThan(orders / sweepsSideBySide / 2)
    expect(refused).toBe(0)
    expect(new Set(world.itemsOf('submission').map(({ state }) => state))).toEqual(new Set(['unconfirmed']))
    expect(await sweep(world)).toMatchObject({ done: 0, left: 0 })
    // The entries that each sweep looks up are beside its lanes.
    expect(most).toBeGreaterThan(lanes)
    expect(most).toBeLessThanOrEqual(sweepsSideBySide * (lanes + dueShards + 1))
  }, 60_000)

  test('are processed once each although the schedule starts every sweep twice', async () => {
    const requestIds = await withMuchDue(world, orders)

    await Promise.all(sweepsOfFourMinutes(world, 2))

    expect(swept(world).toSorted()).toEqual(requestIds.toSorted())
  }, 60_000)

  test('are processed, up to one that hangs', async () => {
    const requestIds = await withMuchDue(world, 600)
    const [hanging = ''] = requestIds
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    world.faults.store = async ({ command, input }) => {
      if (command === 'GetCommand' && JSON.stringify(input).includes(`"REQ#${hanging}"`)) await released
      return false
    }

    const running = sweep(world)
    while (swept(world).length < requestIds.length - 1) await turn()
    release()
    const { done } = await running

    expect(done).toBe(600)
  }, 60_000)

  test('are left after the time of a sweep, which says so, and done by the next ones', async () => {
    const requestIds = await withMuchDue(world, orders)
    world.faults.store = ({ command }) => {
      if (command === 'GetCommand') world.advance(0.25)
      return false
    }

    const beganAt = world.now()
    const first = await sweep(world)
    const seconds = (world.now() - beganAt) / 1000
    const others = []
    for (let minute = 0; minute < 30 && new Set(swept(world)).size < orders; minute += 1) {
      world.advance(60)
      others.push(await sweep(world))
    }

    expect(first.done).toBeLessThan(orders / sweepsSideBySide)
    expect(first.left).toBeGreaterThan(0)
    // Its share takes longer than the 200 s for which it begins items.
    expect(seconds).toBeGreaterThanOrEqual(200)
    expect(seconds).toBeLessThan(210)
    expect(first.lagSeconds).toBeGreaterThan(5 * 60)
    // The first of them become due again before the last ones are done.
    expect([first, ...others].reduce((sum, { done }) => sum + done, 0)).toBe(swept(world).length)
    expect([...new Set(swept(world))].toSorted()).toEqual(requestIds.toSorted())
  }, 60_000)
})

test('a sweep that cannot read one shard works on the others and fails then', async () => {
  const world = createWorld()
  const requestIds = await withMuchDue(world, 200)
  world.faults.store = ({ input }) => JSON.stringify(input).includes('"DUE#5"')

  await expect(world.sweep()).rejects.toThrow('the table refuses QueryCommand')
  const done = swept(world).length
  delete world.faults.store
  await world.sweep()

  expect(done).toBeGreaterThan(100)
  expect(done).toBeLessThan(200)
  expect(swept(world).toSorted()).toEqual(requestIds.toSorted())
})

test('a sweep with nothing due reads one unit of a small index, and nine of a large one', async () => {
  const world = createWorld()
  const idle = async () => {
    const before = world.meter().readUnits
    await world.sweep()
    return world.meter().readUnits - before
  }
  const empty = await idle()
  for (let index = 1; index <= 60; index += 1)
    await world.order('enable', localBody(1, { devices: someDevices(1, index) }))
  await world.stream()

  expect(empty).toBe(1)
  expect(await idle()).toBe(9)
})
