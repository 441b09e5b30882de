import * as z from 'zod/mini'
import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import type { ResultStore } from '../../profile/request/result-store.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import type { Settings } from '../../profile/request/settings.ts'
import { isFinalRequest } from '../../profile/request/states.ts'
import { isSettled } from '../../profile/status/device-states.ts'
import { type RequestView, submissionsShown, viewRequest } from '../../profile/status/request-view.ts'
import { summaryFromStore } from '../../profile/status/read-summary.ts'
import type { ApiAnswer } from '../api-call.ts'
import { etagOf, isKnown } from '../etag.ts'
import { readParameters } from '../parameters.ts'
import { retryAfterOf } from '../retry-after.ts'
import { traceHeader } from './trace-header.ts'
import { longestWaitSeconds, startWaiting, type WaitDependencies } from '../waiting.ts'

/** Query of GET /v1/requests/{requestId}. A longer wait is capped. Other parameters are ignored. */
export const ShowQuery = z.object({
  waitSeconds: z._default(z.coerce.number().check(z.int(), z.nonnegative()), 0),
})

export type ShowDependencies = WaitDependencies & {
  store: Pick<SubmissionStore, 'listSubmissions'> &
    Pick<RequestStore, 'getDevices' | 'getRequest'> &
    Pick<ResultStore, 'listResults'>
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/**
 * Whether results have decided every device of a final request. Its summary then says all that the store knows, apart
 * from messages that contradict a result, which the next stored summary counts.
 */
const isDecided = ({ summary, deviceCount, reopened }: ProfileRequest): boolean =>
  isFinalRequest(summary.status) && reopened === undefined && isSettled(summary, { firstDevice: 0, deviceCount })

/**
 * GET /v1/requests/{requestId}. Computes the summary on each read until results have decided all devices, so that a
 * result shows as soon as it is stored, a late one too. Answers 304 if `ifNoneMatch` has the current ETag. With
 * `waitSeconds`, an open request is answered when its ETag changes: from that of `ifNoneMatch`, or else from that at the
 * beginning of the call.
 */
export async function showRequest(
  request: ProfileRequest,
  { ifNoneMatch, query }: { ifNoneMatch: string | undefined; query?: unknown },
  dependencies: ShowDependencies,
): Promise<ApiAnswer> {
  const { store, clock } = dependencies
  const waitSeconds = Math.min(readParameters(ShowQuery, query).waitSeconds, longestWaitSeconds)
  const isChanged = startWaiting(clock() + waitSeconds * 1000, dependencies)
  let seen = request
  let state = await currentState(seen, dependencies)
  const known = ifNoneMatch ?? state.etag
  let isNewer = waitSeconds > 0
  while (isNewer && !state.view.final && isKnown(state.etag, known)) {
    isNewer = await isChanged(seen, deadlineOf(state.view, clock()))
    // The last look is a full one too: results count as soon as they are stored, and the summary is a moment behind.
    seen = (await store.getRequest(request.requestId)) ?? seen
    state = await currentState(seen, dependencies)
  }
  const { etag, view, body } = state
  const headers = {
    etag,
    ...traceHeader(request),
    ...(view.final ? {} : { 'retry-after': retryAfterOf(view, clock()) }),
  }
  return isKnown(etag, ifNoneMatch) ? { status: 304, headers } : { status: 200, headers, body }
}

/** The time at which outstanding devices expire. The view changes then without a write. */
function deadlineOf({ next }: RequestView, now: number): number | undefined {
  if (next?.what !== 'results' || next.at === null) return undefined
  const at = Date.parse(next.at)
  // A deadline that has passed is in the view already.
  return at > now ? at : undefined
}

/** The request as it is now. */
async function currentState(request: ProfileRequest, { store, clock, settings }: ShowDependencies) {
  const shown = { from: 0, count: submissionsShown * request.devicesPerSubmission }
  const { summary, submissions } = isDecided(request)
    ? { summary: request.summary, submissions: await store.listSubmissions(request, shown) }
    : await summaryFromStore(request, store, { now: clock(), settings })
  const view = viewRequest({ ...request, summary }, submissions)
  const body = JSON.stringify(view)
  return { view, body, etag: etagOf(body) }
}
