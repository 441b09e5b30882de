import { inParallel } from '../../parallel.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { isSettled } from './device-states.ts'
import type { NewEvidence } from './result-links.ts'
import { type ComputedSummary, computeSummary } from './summary.ts'

/** Submissions with new results, and when the first of these was received, in epoch milliseconds. */
export type Changed = ReadonlyMap<number, number>

/** The time and the settings that a summary is computed with. */
export type SummaryMoment = {
  /** Epoch milliseconds. */
  now: number
  settings: Pick<Settings, 'otherProfileSeconds'>
  /** Submissions whose results are read even if all of their devices are decided. */
  changed?: Changed | undefined
}

/**
 * Computes the summary of a request from the submissions and results in the store. Writes nothing. It skips the results
 * of submissions whose devices are all decided, unless they are reopened or in `changed`.
 */
export async function summaryFromStore(
  request: ProfileRequest,
  store: Pick<SubmissionStore, 'listSubmissions'> & Pick<RequestStore, 'getDevices'> & Pick<ResultStore, 'listResults'>,
  { now, settings, changed }: SummaryMoment,
): Promise<ComputedSummary & { submissions: Submission[]; evidence: NewEvidence[] }> {
  const submissions = await store.listSubmissions(request)
  const isReopened = (number: number) => request.reopened?.has(number) === true || changed?.has(number) === true
  const unsettled = submissions.filter(
    (each) => each.upstreamRequestIds.length > 0 && (!isSettled(request.summary, each) || isReopened(each.submission)),
  )
  const results = await resultsOf(request, unsettled, store)
  const devices = unsettled.length === 0 ? [] : await store.getDevices(request, 0, request.deviceCount)
  const evidence = new Map(
    unsettled.map(({ submission, firstDevice, deviceCount, decisions = [] }) => [
      submission,
      {
        firstDevice,
        decisions,
        devices: devices.slice(firstDevice, firstDevice + deviceCount),
        results: results.get(submission) ?? [],
        // Without `changed`, the new results are those received after the last summary.
        newsFrom: changed?.get(submission) ?? request.updatedAt + 1,
      },
    ]),
  )
  const computed = computeSummary(request, submissions, {
    evidenceOf: ({ submission }) => evidence.get(submission),
    moment: { now, otherProfileMilliseconds: settings.otherProfileSeconds * 1000 },
  })
  return { ...computed, submissions, evidence: [...evidence.values()] }
}

/** Reads the results of several submissions, by submission number. */
export async function resultsOf(
  { accountName }: Pick<ProfileRequest, 'accountName'>,
  submissions: readonly Submission[],
  store: Pick<ResultStore, 'listResults'>,
): Promise<Map<number, Result[]>> {
  const results = new Map<number, Result[]>()
  await inParallel(submissions, async ({ submission, upstreamRequestIds }) => {
    const found = await Promise.all(
      upstreamRequestIds.map((upstreamRequestId) => store.listResults({ accountName, upstreamRequestId })),
    )
    results.set(submission, found.flat())
  })
  return results
}
