import { logBytesOf } from '../bench/cost.ts'
import { live } from '../bench/measuring/life.ts'

export type Cost = { writes: number; reads: number; callbacks: number; logBytes: number }

/** What a sweep reads that finds nothing: it comes every minute, whatever there is to do. */
const sweepOfNothing = 2.5

/** The life of one request of so many devices, in units and bytes, as `npm run bench` counts it too. */
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
