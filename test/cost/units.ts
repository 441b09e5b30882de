import { logBytesOf } from '../bench/cost.ts'
import { live } from '../bench/measuring/life.ts'

export type Cost = { writes: number; reads: number; callbacks: number; logBytes: number }

/** The reads of a sweep that finds nothing. It runs every minute. */
const sweepOfNothing = 2.5

/** The life of one request for this many devices, in units and bytes, counted like in `npm run bench`. */
export async function costOf(devices: number): Promise<Cost> {
  const life = await live(devices, 'mixed', { read: false })
  const { writeUnits, readUnits } = life.of()
  return {
    writes: writeUnits,
    reads: readUnits - life.invocations.sweep * sweepOfNothing,
    callbacks: life.callbacks,
    logBytes: logBytesOf(life),
  }
}
