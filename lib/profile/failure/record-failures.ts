import { inParallel } from '../../parallel.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import { errorOf, type KnownDevice, viewDevice } from '../status/device-view.ts'
import { joinKnown } from '../status/list-devices.ts'
import { resultsOf } from '../status/read-summary.ts'
import { keptFrom } from '../status/result-links.ts'
import type { Failure, FailureStore } from './failure.ts'
import { type FailureChange, failureChanges } from './failure-changes.ts'

export type RecordFailuresDependencies = {
  store: Pick<RequestStore, 'getDevices'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'> &
    Pick<FailureStore, 'saveFailure' | 'clearFailure'>
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/** A failure item has less than 1 KB, which is one write unit. */
const longestMessage = 200

/**
 * Brings the failures of a request in line with its stored summary. Called with each stream record of a request, so a
 * crash loses none: the stream delivers the record again, and versions make the repeat harmless. A request without
 * failures costs nothing. Throws if one could not be stored.
 */
export async function recordFailures(
  { before, after }: { before: ProfileRequest | undefined; after: ProfileRequest },
  dependencies: RecordFailuresDependencies,
): Promise<void> {
  const changes = failureChanges(before, after)
  if (changes.length === 0) return
  const { store } = dependencies
  const known = await knownAt(after, changes, dependencies)
  const { requestId, generation, accountName, action, deviceCount, version, updatedAt } = after
  const moment = { now: updatedAt, otherProfileMilliseconds: dependencies.settings.otherProfileSeconds * 1000 }
  await inParallel(changes, async ({ position, status }) => {
    const device = known.get(position)
    const from = keptFrom(after, device?.submission?.decisions ?? []) ?? after.createdAt
    if (status === undefined) {
      await store.clearFailure({ requestId, generation, position, deviceCount }, { version, keptFrom: from })
      return
    }
    const error = device === undefined ? undefined : errorOf(viewDevice({ known: device, request: after, moment }))
    const failure: Failure = {
      requestId,
      generation,
      position,
      accountName,
      action,
      device: [...(device?.device ?? [])],
      status,
      ...(error?.code === undefined ? {} : { code: error.code }),
      ...(error?.message === undefined ? {} : { message: error.message.slice(0, longestMessage).toWellFormed() }),
      at: updatedAt,
      version,
    }
    await store.saveFailure(failure, { deviceCount, keptFrom: from })
  })
}

/** Reads the devices at the changed positions, with their submissions, and with the results of those that failed. */
async function knownAt(
  request: ProfileRequest,
  changes: readonly FailureChange[],
  { store }: RecordFailuresDependencies,
): Promise<Map<number, KnownDevice>> {
  const first = changes.at(0)?.position ?? 0
  const last = changes.at(-1)?.position ?? first
  const failed = new Set(changes.flatMap(({ position, status }) => (status === undefined ? [] : [position])))
  const submissions = await store.listSubmissions(request, { from: first, count: last - first + 1 })
  // Results belong to the device of the submission that they match best, so whole submissions are read.
  const start = Math.min(first, ...submissions.map(({ firstDevice }) => firstDevice))
  const end = Math.max(last + 1, ...submissions.map(({ firstDevice, deviceCount }) => firstDevice + deviceCount))
  const devices = await store.getDevices(request, start, end - start)
  const results = await resultsOf(
    request,
    submissions.filter(({ firstDevice, deviceCount }) => hasAny(failed, firstDevice, deviceCount)),
    store,
  )
  const { known } = joinKnown({ devices, start, submissions, results })
  return new Map(known.map((each) => [each.position, each]))
}

function hasAny(positions: ReadonlySet<number>, first: number, count: number): boolean {
  for (let position = first; position < first + count; position += 1) if (positions.has(position)) return true
  return false
}
