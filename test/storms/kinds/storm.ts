import type { Findings } from '../../bench/findings.ts'
import type { Measured } from '../measuring/measure.ts'

/** How large the storms are. */
export type Size = {
  /** Devices of a bulk order. */
  bulkDevices: number
  /** Devices in a day, each size a storm of its own. */
  days: readonly number[]
  /** Seconds of 10,000 callbacks a second. */
  callbackSeconds: number
  /** Hours of the outage, and bulk orders in each hour around it. */
  outageHours: number
  bulkOrdersAnHour: number
  neighbourOrders: number
  fleet: number
  /** Devices of the bulk order whose stored items are counted. */
  fleetOrder: number
  /** Whether variants are run too that only serve for comparison, and whether costs are compared. */
  compares: boolean
}

export const fullSize: Size = {
  bulkDevices: 9500,
  days: [1000, 10_000, 100_000, 1_000_000],
  callbackSeconds: 60,
  outageHours: 2,
  bulkOrdersAnHour: 13,
  neighbourOrders: 900,
  fleet: 1_000_000,
  fleetOrder: 1000,
  compares: true,
}

/** Small enough for the tests. */
export const smallSize: Size = {
  bulkDevices: 475,
  days: [1000],
  callbackSeconds: 0.3,
  outageHours: 0.2,
  bulkOrdersAnHour: 2,
  neighbourOrders: 100,
  fleet: 1000,
  fleetOrder: 200,
  compares: false,
}

/** Measurements by the number of devices of a bulk order. */
export type Measurements = ReadonlyMap<number, Measured>

export type StormContext = { size: Size; measurements: Measurements; say: (line: string) => void }

/** One row of the table "load and first limit". */
type FirstLimit = { load: string; first: string; lost: number; sentTwice: number }

export type StormFindings = Findings & { firstLimits: readonly FirstLimit[] }

export function measuredFor({ measurements }: StormContext, bulkDevices: number): Measured {
  const measured = measurements.get(bulkDevices)
  if (measured === undefined) throw new Error(`nothing is measured for bulk orders of ${bulkDevices} devices`)
  return measured
}
