import type { ActionName } from '../../../lib/profile/order/action-names.ts'
import type { Seeded } from '../../simulation/random.ts'
import type { OrderPlan } from '../gateway/orders.ts'

export const hour = 3_600_000
export const day = 24 * hour

/** One device in twenty is ordered alone, the others in bulk orders. */
const singleShare = 0.05
/** Bulk orders come at full hours of a working day, those of one hour at the same time. */
const workingHours = { from: 8, count: 8 }
const bulkAccounts = 20
const singleAccounts = 100
/** Half of the orders can be repeated without harm if an answer is lost. */
const actionOf = (index: number): ActionName => (index % 2 === 0 ? 'enable' : 'download_enable')

/** Devices report between ten seconds and five minutes after ThingSpace accepted them. Nobody documents this time. */
export const resultAfter = (random: Seeded): number => 10_000 + random.next() * 290_000

/** Single orders at a steady rate. */
export function singleOrders(count: number, { from, to }: { from: number; to: number }): OrderPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    at: from + ((index + 0.5) / count) * (to - from),
    account: bulkAccounts + (index % singleAccounts),
    devices: 1,
    action: actionOf(index),
    label: 'single',
  }))
}

/** Bulk orders at one time. */
export const bulkOrders = (
  count: number,
  { at, devices, first = 0 }: { at: number; devices: number; first?: number },
) =>
  Array.from({ length: count }, (_, index): OrderPlan => ({
    at,
    account: (first + index) % bulkAccounts,
    devices,
    action: actionOf(first + index),
    label: 'bulk',
  }))

/** A day with so many devices. */
export function dayOfOrders(devices: number, largestBulk: number): OrderPlan[] {
  const inBulk = devices * (1 - singleShare)
  const bulkDevices = Math.min(largestBulk, inBulk)
  const count = Math.round(inBulk / bulkDevices)
  const anHour = Math.ceil(count / workingHours.count)
  const bulk = Array.from({ length: workingHours.count }, (_, index) => {
    const first = index * anHour
    const at = (workingHours.from + index) * hour
    return bulkOrders(Math.max(0, Math.min(anHour, count - first)), { at, devices: bulkDevices, first })
  })
  return [...bulk.flat(), ...singleOrders(Math.round(devices * singleShare), { from: 0, to: day })]
}

/** The devices of each bulk order of such a day. */
export const bulkDevicesOf = (devices: number, largestBulk: number): number =>
  Math.min(largestBulk, devices * (1 - singleShare))
