import type { SubmissionStore } from '../request/submission-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Clock, Page } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import type { DeviceStatus } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import { joinOwnResults } from './matching.ts'
import { type DeviceView, type KnownDevice, viewDevice } from './request-view.ts'
import { resultsOf } from './update-summary.ts'

export type ListDevicesDependencies = {
  store: Pick<RequestStore, 'getDevices'> & Pick<SubmissionStore, 'listSubmissions'> & Pick<ResultStore, 'listResults'>
  clock: Clock
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/** Devices looked at in one go: one part of the manifest. */
const window = 1000

/** A page of devices, and the results of their submissions that name none of the devices. */
export type DevicePage = Page<DeviceView> & { unmatched: Result[] }

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
  { store, clock, settings }: ListDevicesDependencies,
): Promise<DevicePage> {
  const rows: DeviceView[] = []
  const unmatched = new Set<Result>()
  const moment = { now: clock(), otherProfileMilliseconds: settings.otherProfileSeconds * 1000 }
  let position = from
  while (position < request.deviceCount && rows.length < limit) {
    const count = Math.min(window, request.deviceCount - position, status === undefined ? limit - rows.length : window)
    const range = await readRange(request, position, count, store)
    for (const result of range.unmatched) unmatched.add(result)
    for (const known of range.devices) {
      if (rows.length === limit) break
      const view = viewDevice(known, request, moment)
      const matches = status === undefined || view.status === status
      if (matches && !fits(view)) return { rows, unmatched: [...unmatched], cursor: String(view.position) }
      position = view.position + 1
      if (matches) rows.push(view)
    }
  }
  const page = { rows, unmatched: [...unmatched] }
  return position < request.deviceCount ? { ...page, cursor: String(position) } : page
}

/** A range of devices with what is known of each. */
async function readRange(
  request: ProfileRequest,
  first: number,
  count: number,
  store: ListDevicesDependencies['store'],
): Promise<{ devices: KnownDevice[]; unmatched: Result[] }> {
  const submissions = await store.listSubmissions(request, { from: first, count })
  // Results are joined within their whole submission, because that is how the summary joins them.
  const start = Math.min(first, ...submissions.map(({ firstDevice }) => firstDevice))
  const end = Math.max(first + count, ...submissions.map(({ firstDevice, deviceCount }) => firstDevice + deviceCount))
  const devices = await store.getDevices(request, start, end - start)
  const { known, unmatched } = layOut(devices, start, submissions, await resultsOf(request, submissions, store))
  return { devices: known.slice(first - start, first - start + count), unmatched }
}

/** Devices from a position on, each with its submission and its results. */
export function layOut(
  devices: readonly KnownDevice['device'][],
  start: number,
  submissions: readonly Submission[],
  results: ReadonlyMap<number, Result[]>,
): { known: KnownDevice[]; unmatched: Result[] } {
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
