import { localBody } from '../builders.ts'
import { emfOf } from '../emf.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'

export type Cost = { writes: number; reads: number; callbacks: number; logBytes: number; items: number }

/** What a line of the log is in CloudWatch beside its own fields. */
const envelope = { level: 'INFO', timestamp: '2026-11-22T23:32:45.256Z', service: 'thingspace-profile-gateway' }
const bytesOf = (lines: readonly { message: string; fields: object }[]): number =>
  lines.reduce((total, { message, fields }) => total + JSON.stringify({ ...envelope, message, ...fields }).length, 0)

/**
 * The life of one request of so many devices, in the units of the in-memory table: ordered, sent, called back, final.
 * Every fifth device warns first, and three in a hundred callbacks come twice, unless `plain`. Sweeps are not counted.
 */
export async function costOf(deviceCount: number, { plain = false } = {}): Promise<Cost> {
  const world = createWorld()
  await world.order('download_enable', localBody(deviceCount))
  while ((await world.deliver()) > 0) await world.stream()
  await world.stream()

  const finals = world.thingSpace.accepted.flatMap(({ upstreamRequestId, call }) =>
    call.devices.map((device) => [upstreamRequestId, device] as const),
  )
  const some = (share: number) => (plain ? [] : finals.filter((_, at) => (at + 1) % Math.round(1 / share) === 0))
  const bodies = [
    ...some(0.2).map(([id, device]) => aCallbackOf(id, device, 'warning')),
    ...finals.map(([id, device]) => aCallbackOf(id, device)),
    ...some(0.03).map(([id, device]) => aCallbackOf(id, device)),
  ]
  for (let first = 0; first < bodies.length; first += 50) {
    await world.callback(bodies.slice(first, first + 50))
    await world.stream()
  }
  while ((await world.stream()) > 0);
  // Bulk requests are folded by the sweep, once a minute.
  const before = world.meter().readUnits
  if (deviceCount > 100) {
    world.advance(60)
    await world.sweep()
    await world.stream()
  }
  const { writeUnits, readUnits } = world.meter()
  const sweepOfNothing = deviceCount > 100 && readUnits > before ? 2.5 : 0
  const lines = world.log.lines.filter(({ message }) => message !== 'sweep finished')
  return {
    writes: writeUnits,
    reads: readUnits - sweepOfNothing,
    callbacks: bodies.length,
    logBytes: bytesOf(lines) + JSON.stringify(emfOf(lines)).length,
    items: world.items().length,
  }
}
