import { joinResults } from './device-results.ts'
import type { Clock, Page, Store } from './ports.ts'
import type { DeviceStatus, ProfileRequest, Result, Submission } from './request.ts'
import { type DeviceView, viewDevice } from './request-view.ts'
import { resultsOf } from './settle-request.ts'

export type ListDevicesDependencies = {
  store: Pick<Store, 'getDevices' | 'listSubmissions' | 'listResults'>
  clock: Clock
}

/** Devices looked at in one go: one part of the manifest. */
const window = 1000

/**
 * Devices of a request in its order, from a position on, with their results; `status` leaves out the others.
 * A page may be short of `limit`, when few of many devices match or when a row does not fit; it is the last only if it
 * has no `cursor`.
 */
export async function listDevices(
  request: ProfileRequest,
  {
    from,
    limit,
    status,
    fits = () => true,
  }: { from: number; limit: number; status?: DeviceStatus; fits?: (row: DeviceView) => boolean },
  { store, clock }: ListDevicesDependencies,
): Promise<Page<DeviceView>> {
  const rows: DeviceView[] = []
  const now = clock()
  let position = from
  while (position < request.deviceCount && rows.length < limit) {
    const count = Math.min(window, request.deviceCount - position, status === undefined ? limit - rows.length : window)
    for (const view of await viewRange(request, position, count, store, now)) {
      if (rows.length === limit) break
      const matches = status === undefined || view.status === status
      if (matches && !fits(view)) return { rows, cursor: String(view.position) }
      position = view.position + 1
      if (matches) rows.push(view)
    }
  }
  return position < request.deviceCount ? { rows, cursor: String(position) } : { rows }
}

async function viewRange(
  request: ProfileRequest,
  first: number,
  count: number,
  store: ListDevicesDependencies['store'],
  now: number,
): Promise<DeviceView[]> {
  const { requestId } = request
  const submissions = await store.listSubmissions(requestId, { from: first, count })
  const results = await resultsOf(
    submissions.filter(({ upstreamRequestIds }) => upstreamRequestIds.length > 0),
    store,
  )
  // Results are joined within their whole submission, because that is how the fold joins them.
  const start = Math.min(first, ...submissions.map(({ firstDevice }) => firstDevice))
  const end = Math.max(first + count, ...submissions.map(({ firstDevice, deviceCount }) => firstDevice + deviceCount))
  const devices = await store.getDevices(request, start, end - start)
  const known = new Map<number, { submission: Submission; results: Result[] }>()
  for (const submission of submissions) {
    const offset = submission.firstDevice - start
    const own = devices.slice(offset, offset + submission.deviceCount)
    joinResults(own, results.get(submission.submission) ?? []).byDevice.forEach((found, index) =>
      known.set(submission.firstDevice + index, { submission, results: found }),
    )
  }
  return devices.slice(first - start, first - start + count).map((device, index) => {
    const about = known.get(first + index)
    return viewDevice(device, first + index, about?.submission, about?.results ?? [], request, now)
  })
}
