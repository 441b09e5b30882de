import type { Clock, Page } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import type { DeviceStatus } from '../request/states.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { type DeviceView, type KnownDevice, viewDevice } from './device-view.ts'
import { joinOwnResults } from './matching.ts'
import { resultsOf } from './read-summary.ts'

export type ListDevicesDependencies = {
  store: Pick<RequestStore, 'getDevices'> & Pick<SubmissionStore, 'listSubmissions'> & Pick<ResultStore, 'listResults'>
  clock: Clock
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/** Number of devices read at a time when filtering by status: one part of the manifest. */
const window = 1000

/** A page of devices, and the results of their submissions that match none of the devices. */
export type DevicePage = Page<DeviceView> & { unmatched: Result[] }

/**
 * Lists devices of a request in request order, starting at position `from`, optionally only those with a `status`. A page
 * can have fewer than `limit` rows if few devices match or if `fits` rejects a row. The last page has no `cursor`.
 */
export async function listDevices(
  request: ProfileRequest,
  {
    from,
    limit,
    status,
    fits = () => true,
  }: { from: number; limit: number; status?: DeviceStatus; fits?: (row: DeviceView) => boolean },
  { store, clock, settings }: ListDevicesDependencies,
): Promise<DevicePage> {
  const rows: DeviceView[] = []
  const unmatched = new Set<Result>()
  const moment = { now: clock(), otherProfileMilliseconds: settings.otherProfileSeconds * 1000 }
  let position = from
  while (position < request.deviceCount && rows.length < limit) {
    const count = Math.min(window, request.deviceCount - position, status === undefined ? limit - rows.length : window)
    const range = await readRange(request, { first: position, count }, store)
    for (const result of range.unmatched) unmatched.add(result)
    for (const known of range.devices) {
      if (rows.length === limit) break
      const view = viewDevice({ known, request, moment })
      const matches = status === undefined || view.status === status
      if (matches && !fits(view)) return { rows, unmatched: [...unmatched], cursor: String(view.position) }
      position = view.position + 1
      if (matches) rows.push(view)
    }
  }
  const page = { rows, unmatched: [...unmatched] }
  return position < request.deviceCount ? { ...page, cursor: String(position) } : page
}

/** Reads a range of devices with their submissions and results. */
async function readRange(
  request: ProfileRequest,
  { first, count }: { first: number; count: number },
  store: ListDevicesDependencies['store'],
): Promise<{ devices: KnownDevice[]; unmatched: Result[] }> {
  const submissions = await store.listSubmissions(request, { from: first, count })
  // Summaries join results within a whole submission. Joining them within the range could give another match.
  const start = Math.min(first, ...submissions.map(({ firstDevice }) => firstDevice))
  const end = Math.max(first + count, ...submissions.map(({ firstDevice, deviceCount }) => firstDevice + deviceCount))
  const devices = await store.getDevices(request, start, end - start)
  const results = await resultsOf(request, submissions, store)
  const { known, unmatched } = joinKnown({ devices, start, submissions, results })
  return { devices: known.slice(first - start, first - start + count), unmatched }
}

/** Joins devices with their submissions and results. `start` is the position of the first device. */
export function joinKnown({
  devices,
  start,
  submissions,
  results,
}: {
  devices: readonly KnownDevice['device'][]
  start: number
  submissions: readonly Submission[]
  results: ReadonlyMap<number, Result[]>
}): { known: KnownDevice[]; unmatched: Result[] } {
  const known = devices.map((device, index): KnownDevice => ({
    device,
    position: start + index,
    submission: undefined,
    evidence: [],
  }))
  const unmatched: Result[] = []
  for (const submission of submissions) {
    const offset = submission.firstDevice - start
    const own = devices.slice(offset, offset + submission.deviceCount)
    const joined = joinOwnResults(own, results.get(submission.submission) ?? [])
    joined.byDevice.forEach((evidence, index) => {
      const entry = known[offset + index]
      if (entry !== undefined) known[offset + index] = { ...entry, submission, evidence }
    })
    unmatched.push(...joined.unmatched)
  }
  return { known, unmatched }
}
