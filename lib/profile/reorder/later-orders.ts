import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import type { DeviceView } from '../status/device-view.ts'
import { type LeftReason, mayStillSucceed, nameOfDevice } from './candidate.ts'
import { type ReadDevicesDependencies, readDevicesOf } from './known-devices.ts'

/** A reorder creates its request within this time of its mark, because the function has ended by then. */
const markMilliseconds = 60_000

/** Most orders that one search follows. A device that was ordered again more often counts as ordered again. */
const mostOrders = 20

/** Most marks of one submission. They bound the size of its item. Its devices then count as ordered again. */
const mostMarks = 100

type Found = { view: DeviceView; submission: Submission | undefined }

/**
 * Finds out whether a device has been ordered again, and how that ended. Follows the marks of submissions from order to
 * order and reads each order once. `reorderId` is the order being made: its own marks do not count.
 */
export function laterOrders(
  request: ProfileRequest,
  { reorderId, isRiskAccepted }: { reorderId: string; isRiskAccepted: boolean },
  dependencies: ReadDevicesDependencies,
): (device: Found) => Promise<LeftReason | undefined> {
  const { store, clock } = dependencies
  const read = new Map<string, Promise<Map<string, Found> | undefined>>()
  const devicesOf = (requestId: string, of: string) => {
    const known = read.get(requestId)
    if (known !== undefined) return known
    const devices = (async () => {
      const later = await store.getRequest(requestId)
      // Another order may have the id of a reorder that was never stored.
      if (later?.reorderOf !== of) return undefined
      const all = await readDevicesOf(later, dependencies)
      return new Map(all.map((each) => [nameOfDevice(each.view.deviceIds), each]))
    })()
    read.set(requestId, devices)
    return devices
  }

  const reasonOf = async ({ view, submission }: Found, of: string, orders: number): Promise<LeftReason | undefined> => {
    const others = (submission?.reordered ?? []).filter(({ requestId }) => requestId !== reorderId)
    if (others.length >= mostMarks) return 'ordered-again'
    const marks = others.filter(({ positions }) => positions.includes(view.position))
    for (const { requestId, at } of marks) {
      if (orders >= mostOrders) return 'ordered-again'
      const devices = await devicesOf(requestId, of)
      if (devices === undefined) {
        if (clock() - at < markMilliseconds) return 'ordered-again'
        continue
      }
      const later = devices.get(nameOfDevice(view.deviceIds))
      if (later === undefined) continue
      const { status } = later.view
      if (status !== 'failed' && status !== 'expired' && status !== 'cancelled') return 'ordered-again'
      const isRisky = later.submission !== undefined && mayStillSucceed(later.view, later.submission)
      if (status !== 'cancelled' && isRisky && !isRiskAccepted) return 'may-still-succeed'
      const reason = await reasonOf(later, requestId, orders + 1)
      if (reason !== undefined) return reason
    }
    return undefined
  }
  return (device) => reasonOf(device, request.requestId, 0)
}
