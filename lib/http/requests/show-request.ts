import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import type { ResultStore } from '../../profile/request/result-store.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import type { Clock } from '../../profile/ports.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import type { Settings } from '../../profile/request/settings.ts'
import { isFinalRequest } from '../../profile/request/states.ts'
import { submissionsShown, viewRequest } from '../../profile/status/request-view.ts'
import { summaryFromStore } from '../../profile/status/read-summary.ts'
import type { ApiAnswer } from '../api-call.ts'
import { etagOf, isKnown } from '../etag.ts'
import { retryAfterOf } from '../retry-after.ts'
import { traceHeader } from './trace-header.ts'

export type ShowDependencies = {
  store: Pick<SubmissionStore, 'listSubmissions'> & Pick<RequestStore, 'getDevices'> & Pick<ResultStore, 'listResults'>
  clock: Clock
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/**
 * GET /v1/requests/{requestId}. Computes the summary on each read while the request is not final, so that a result
 * shows as soon as it is stored. Answers 304 if `ifNoneMatch` has the current ETag.
 */
export async function showRequest(
  request: ProfileRequest,
  ifNoneMatch: string | undefined,
  { store, clock, settings }: ShowDependencies,
): Promise<ApiAnswer> {
  const now = clock()
  const final = isFinalRequest(request.summary.status)
  const { summary, submissions } = final
    ? {
        summary: request.summary,
        submissions: await store.listSubmissions(request, {
          from: 0,
          count: submissionsShown * request.devicesPerSubmission,
        }),
      }
    : await summaryFromStore(request, store, { now, settings })
  const view = viewRequest({ ...request, summary }, submissions)
  const body = JSON.stringify(view)
  const etag = etagOf(body)
  const headers = { etag, ...traceHeader(request), ...(view.final ? {} : { 'retry-after': retryAfterOf(view, now) }) }
  return isKnown(etag, ifNoneMatch) ? { status: 304, headers } : { status: 200, headers, body }
}
