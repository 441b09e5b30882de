import { inParallel } from '../../parallel.ts'
import type { Clock, Log } from '../ports.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import { isReported, isSettled } from './device-states.ts'
import type { Changed } from './read-summary.ts'
import { updateSummary } from './update-summary.ts'

export type ScheduleSummaryDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices' | 'saveSummary' | 'beginSummary' | 'askForSummary'> &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions'> &
    Pick<ResultStore, 'listResults'> &
    Pick<DeviceStore, 'writeLinks'>
  clock: Clock
  settings: Settings
  log: Log
}

/** Maximum number of rounds before giving up. Each lost round means that another function wrote the request. */
const rounds = 5

/**
 * Updates the summary of a request after a change. project-changes calls it once per batch and request. A small request
 * is summarised at once. For a large one this would read the whole request for each of its 10,000 results, so the sweep
 * is asked to do it later. A summary that is already running does not cancel the scheduled one. Throws if other functions
 * change the request in every round.
 */
export async function updateOrScheduleSummary(
  requestId: string,
  changed: Changed,
  dependencies: ScheduleSummaryDependencies,
): Promise<void> {
  const { store, clock, settings } = dependencies
  for (let round = 0; round < rounds; round += 1) {
    const request = await store.getRequest(requestId)
    if (request === undefined) return
    if (request.deviceCount <= settings.summariseAtOnceUpTo)
      return updateSummary(requestId, dependencies, { request, changed })
    const reopened = await settledAmong(changed, request, store)
    // A summary was requested and has not begun yet, so it will include this change.
    if (request.askedAt === request.version && reopened.size === 0) return
    const soon = clock() + settings.summariseEverySeconds * 1000
    if (await store.askForSummary(request, { dueAt: Math.min(request.dueAt ?? soon, soon), reopened })) return
  }
  throw new Error(`request ${requestId} changed in each of ${rounds} attempts to schedule its summary`)
}

/** The changed submissions whose devices are all decided. A summary would skip them, so they must be reopened. */
async function settledAmong(
  changed: Changed,
  request: ProfileRequest,
  store: ScheduleSummaryDependencies['store'],
): Promise<Set<number>> {
  const settled = new Set<number>()
  const news = [...changed.keys()].filter(
    (each) => isReported(request.summary, each) && request.reopened?.has(each) !== true,
  )
  await inParallel(news, async (each) => {
    const submission = await store.getSubmission(request, each)
    if (submission !== undefined && isSettled(request.summary, submission)) settled.add(each)
  })
  return settled
}
