import { expect, test } from 'vitest'
import { localBody, someDevices } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

async function oneFailed() {
  const world = createWorld()
  const { requestId } = await world.order('download_enable', localBody(2))
  await world.settle()
  const [first, second] = someDevices(2)
  await world.callback([
    aCallbackOf('upstream-1', first!.deviceIds, 'failed'),
    aCallbackOf('upstream-1', second!.deviceIds, 'succeeded'),
  ])
  await world.settle()
  return { world, requestId, ...opsBench(world) }
}

test('ops reorder --dry-run shows the devices and orders nothing', async () => {
  const { ops, requestId, world } = await oneFailed()

  const { text, outcome, data } = await ops(`reorder ${requestId} --dry-run`)

  expect(outcome).toBe('done')
  expect(text).toContain(`1 device of request ${requestId} (download_enable) will be ordered again.`)
  expect(data).toMatchObject({ dryRun: true, deviceCount: 1, devices: [{ position: 0 }] })
  expect(world.requestIds()).toHaveLength(1)
})

test('ops reorder orders failed devices again after a confirmation, and once for each key', async () => {
  const { ops, requestId, world } = await oneFailed()

  const declined = await ops(`reorder ${requestId}`, { says: false })
  const first = await ops(`reorder ${requestId} --key again`)
  await world.settle()
  const second = await ops(`reorder ${requestId}`)

  expect(declined.outcome).toBe('declined')
  expect(first).toMatchObject({ outcome: 'done', data: { deviceCount: 1, replayed: false } })
  expect(second).toMatchObject({ outcome: 'nothing', data: { left: [{ reason: 'ordered-again', devices: 1 }] } })
  expect(world.thingSpace.calls).toHaveLength(2)
})
