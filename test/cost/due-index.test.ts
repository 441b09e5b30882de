import { expect, test } from 'vitest'
import { localBody, someDevices } from '../builders.ts'
import { isDown } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'

/** The write units of the index `due` that some work costs. A partition of an index accepts 1,000 a second. */
async function dueUnits(world: World, work: () => Promise<unknown>): Promise<number> {
  const units = () => world.meter().indexes['due']?.writeUnits ?? 0
  const before = units()
  await work()
  await world.stream()
  await world.stream()
  return units() - before
}

const [device] = someDevices(1)
const callback = (upstream: string) => [aCallbackOf(upstream, device!.deviceIds)]

test('an order for one device writes three units of the due index, and its result one', async () => {
  const world = createWorld()
  expect(await dueUnits(world, () => world.order('enable', localBody(1)))).toBe(3)
  expect(await dueUnits(world, () => world.callback(callback('upstream-1')))).toBe(1)
})

test('an attempt that is not accepted writes four units of the due index', async () => {
  const world = createWorld()
  world.thingSpace.otherwise = isDown
  await world.order('enable', localBody(1))
  await world.stream()
  world.advance(30)
  expect(await dueUnits(world, () => world.deliver())).toBe(4)
})

test('a callback that belongs to no submission writes one unit of the due index, and each look at it two', async () => {
  const world = createWorld()
  expect(await dueUnits(world, () => world.callback(callback('unknown')))).toBe(1)
  world.advance(120)
  expect(await dueUnits(world, () => world.sweep())).toBe(2)
})
