import type { Clock } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { type DeviceView, viewDevice } from '../status/device-view.ts'
import { joinKnown } from '../status/list-devices.ts'
import { resultsOf } from '../status/read-summary.ts'

export type ReadDevicesDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'>
  clock: Clock
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/** Reads every device of a request with its current status, from its submissions and results. */
export async function readDevicesOf(
  request: ProfileRequest,
  { store, clock, settings }: ReadDevicesDependencies,
): Promise<{ view: DeviceView; submission: Submission | undefined }[]> {
  const submissions = await store.listSubmissions(request)
  const devices = await store.getDevices(request, 0, request.deviceCount)
  const results = await resultsOf(request, submissions, store)
  const moment = { now: clock(), otherProfileMilliseconds: settings.otherProfileSeconds * 1000 }
  return joinKnown({ devices, start: 0, submissions, results }).known.map((known) => ({
    view: viewDevice({ known, request, moment }),
    submission: known.submission,
  }))
}
