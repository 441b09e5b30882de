import { joinResults } from './device-results.ts'
import type { Clock, Page, Store } from './ports.ts'
import type { DeviceStatus, ProfileRequest } from './request.ts'
import { type DeviceView, viewDevice } from './request-view.ts'
import { resultsOf } from './settle-request.ts'

export type ListDevicesDependencies = {
  store: Pick<Store, 'getDevices' | 'getSubmission' | 'listSubmissions' | 'listResults'>
  clock: Clock
}

/** Devices looked at in one go: one part of the manifest. */
const window = 1000

/**
 * Devices of a request in its order, from a position on, with their results; `status` leaves out the others.
 * A page may be short of `limit` when few of many devices match; it is the last only if it has no `cursor`.
 */
export async function listDevices(
  request: ProfileRequest,
  { from, limit, status }: { from: number; limit: number; status?: DeviceStatus },
  { store, clock }: ListDevicesDependencies,
): Promise<Page<DeviceView>> {
  const rows: DeviceView[] = []
  const now = clock()
  let position = from
  while (position < request.deviceCount && rows.length < limit) {
    const count = Math.min(window, request.deviceCount - position, status === undefined ? limit - rows.length : window)
    for (const view of await viewRange(request, position, count, store, now)) {
      if (rows.length === limit) break
      position = view.position + 1
      if (status === undefined || view.status === status) rows.push(view)
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
  const { requestId, devicesPerSubmission } = request
  const firstSubmission = Math.floor(first / devicesPerSubmission)
  const lastSubmission = Math.floor((first + count - 1) / devicesPerSubmission)
  const numbers = Array.from({ length: lastSubmission - firstSubmission + 1 }, (_, offset) => firstSubmission + offset)
  const submissions =
    numbers.length > 3
      ? (await store.listSubmissions(requestId)).filter(({ submission }) => numbers.includes(submission))
      : (await Promise.all(numbers.map((number) => store.getSubmission(requestId, number)))).flatMap(
          (found) => found ?? [],
        )
  const results = await resultsOf(
    submissions.filter(({ upstreamRequestIds }) => upstreamRequestIds.length > 0),
    store,
  )
  const start = firstSubmission * devicesPerSubmission
  const end = Math.min(request.deviceCount, (lastSubmission + 1) * devicesPerSubmission)
  const devices = await store.getDevices(requestId, start, end - start)
  return numbers.flatMap((number) => {
    const submission = submissions.find((candidate) => candidate.submission === number)
    const from = number * devicesPerSubmission
    const own = devices.slice(from - start, from - start + devicesPerSubmission)
    // Joined within its whole submission, because that is how the fold joins it.
    const { byDevice } = joinResults(own, results.get(number) ?? [])
    return own.flatMap((device, offset) =>
      from + offset < first || from + offset >= first + count
        ? []
        : [viewDevice(device, from + offset, submission, byDevice[offset] ?? [], request, now)],
    )
  })
}
