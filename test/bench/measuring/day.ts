import { inBatches } from '../../../lib/parallel.ts'
import { localBody, someDevices } from '../../builders.ts'
import { queueSourceOf } from '../../deployment.ts'
import { isDown } from '../../fakes/thing-space.ts'
import { aCallbackOf, createWorld } from '../../fakes/world.ts'

/** What devices cost the table and ThingSpace, for each of them. */
export type PerDevice = { writeUnits: number; readUnits: number; calls: number; posts: number }

const { batchSize } = queueSourceOf('record-callbacks')
/** Orders that are under way at the same time. */
const atOnce = 50

/**
 * The orders of a day for so many devices, equally many in each, from the order to the final status. Each order is new to
 * the table, as at a stage that grows. Sweeps that find nothing are not counted: they cost the same whatever is ordered.
 */
export async function liveDay(devices: number, inEach: number): Promise<PerDevice> {
  let calls = 0
  const world = createWorld({ observe: () => void (calls += 1) })
  const firsts = Array.from({ length: Math.ceil(devices / inEach) }, (_, order) => order * inEach + 1)
  for (const group of inBatches(firsts, atOnce)) {
    const sent = world.thingSpace.accepted.length
    for (const first of group) {
      const count = Math.min(inEach, devices - first + 1)
      await world.order('enable', localBody(count, { devices: someDevices(count, first) }))
    }
    while ((await world.deliver()) + (await world.stream()) > 0);
    const callbacks = world.thingSpace.accepted
      .slice(sent)
      .flatMap(({ upstreamRequestId, call }) => call.devices.map((device) => aCallbackOf(upstreamRequestId, device)))
    for (const batch of inBatches(callbacks, batchSize)) await world.callback(batch)
    while ((await world.stream()) > 0);
    world.advance(60)
  }
  const final = world.itemsOf('request').filter(({ finalAt }) => finalAt !== undefined).length
  if (final !== firsts.length) throw new Error(`${final} of ${firsts.length} orders became final`)
  const { writeUnits, readUnits } = world.meter()
  return {
    writeUnits: writeUnits / devices,
    readUnits: readUnits / devices,
    calls: calls / devices,
    posts: world.thingSpace.calls.length / devices,
  }
}

/** What two hours without ThingSpace cost for so many orders that wait: everything from the first failed call to the last. */
export async function waitOutage(orders: number) {
  const world = createWorld()
  world.thingSpace.otherwise = isDown
  for (let order = 1; order <= orders; order += 1)
    await world.order('delete', localBody(1, { devices: someDevices(1, order) }))
  const before = { ...world.meter() }
  await world.pass(7200)
  const { writeUnits, readUnits } = world.meter()
  return {
    posts: world.thingSpace.calls.length,
    probes: world.thingSpace.probes,
    writeUnits: (writeUnits - before.writeUnits) / orders,
    readUnits: (readUnits - before.readUnits) / orders,
    messages: world.queue.sent.length / orders,
  }
}
