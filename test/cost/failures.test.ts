import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { account, localBody, someDevices } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8')

/** The figures of a row of the table about failures. */
const told = (name: string): number[] =>
  (new RegExp(`^\\| ${name} +\\|(.*)\\|$`, 'm').exec(page)?.[1] ?? '').split('|').map((cell) => Number(cell.trim()))

/** The units of an order of this many devices of which so many fail, without sweeps that find nothing. */
async function unitsOf(devices: number, failed: number): Promise<[writes: number, reads: number]> {
  const world = createWorld()
  await world.order('enable', localBody(devices))
  await world.settle()
  const before = { ...world.meter() }
  await world.callback(
    someDevices(devices).map(({ deviceIds }, at) =>
      aCallbackOf('upstream-1', deviceIds, at < failed ? 'failed' : 'succeeded'),
    ),
  )
  await world.stream()
  await world.stream()
  const after = world.meter()
  return [after.writeUnits - before.writeUnits, after.readUnits - before.readUnits]
}

test.each([
  { name: '1 of 1 device', devices: 1, failed: 1 },
  { name: '1 of 100 devices', devices: 100, failed: 1 },
  { name: '100 of 100 devices', devices: 100, failed: 100 },
])('failures cost what docs/cost.md says: $name', async ({ name, devices, failed }) => {
  const [writes, reads] = await unitsOf(devices, failed)
  const [plainWrites, plainReads] = await unitsOf(devices, 0)
  expect([writes - plainWrites, reads - plainReads]).toEqual(told(name))
})

test('a page of 100 failures, and a count of 300, cost what docs/cost.md says', async () => {
  const world = createWorld()
  for (let order = 1; order <= 3; order += 1) {
    await world.order('enable', localBody(100))
    await world.settle()
    await world.callback(someDevices(100).map(({ deviceIds }) => aCallbackOf(`upstream-${order}`, deviceIds, 'failed')))
    await world.settle()
  }
  const measure = async (route: string): Promise<number> => {
    const before = world.meter().readUnits
    await world.support(route, { query: { accountName: account, from: new Date(world.now() - 1000).toISOString() } })
    return world.meter().readUnits - before
  }

  expect([await measure('/v1/failures')]).toEqual(told('a page of 100 failures'))
  expect([await measure('/v1/failures/counts')]).toEqual(told('a count of 300 failures'))
})
