import { type DecisionOption, optionsOf } from '../decision/decision-options.ts'
import type { Clock } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { type NextStep, nextStepOfRequest } from '../status/next-step.ts'
import { resultsOf, summaryFromStore } from '../status/read-summary.ts'
import { type CallbackCounts, type TimelineEntry, timelineOf } from './timeline.ts'

export type ExplainDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'>
  settings: Pick<Settings, 'otherProfileSeconds'>
  clock: Clock
}

/** The history of a request, its next step, and the decisions that an operator may take. */
export type Explanation = {
  request: ProfileRequest
  submissions: Submission[]
  callbacks: CallbackCounts[]
  timeline: TimelineEntry[]
  next: NextStep | undefined
  options: DecisionOption[]
}

/** Explains a request to operators from its records. Changes nothing. Undefined if the request does not exist. */
export async function explainRequest(
  requestId: string,
  { store, clock, settings }: ExplainDependencies,
): Promise<Explanation | undefined> {
  const stored = await store.getRequest(requestId)
  if (stored === undefined) return undefined
  const { summary, submissions } = await summaryFromStore(stored, store, { now: clock(), settings })
  const request = { ...stored, summary }
  const results = await resultsOf(request, submissions, store)
  const callbacks = submissions.flatMap((each) => countCallbacks(each, results.get(each.submission) ?? []))
  return {
    request,
    submissions,
    callbacks,
    timeline: timelineOf(request, submissions, callbacks),
    next: nextStepOfRequest(request, submissions),
    options: optionsOf(request, submissions),
  }
}

function countCallbacks(submission: Submission, results: readonly Result[]): CallbackCounts[] {
  return submission.upstreamRequestIds.map((upstreamRequestId) => {
    const own = results.filter((result) => result.upstreamRequestId === upstreamRequestId)
    const verdicts: CallbackCounts['verdicts'] = {}
    for (const { verdict } of own) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    const adopted = submission.adopted?.includes(upstreamRequestId) ?? false
    const counts = { submission: submission.submission, upstreamRequestId, adopted, verdicts }
    if (own.length === 0) return counts
    const first = Math.min(...own.map(({ firstReceivedAt }) => firstReceivedAt))
    return { ...counts, first, last: Math.max(...own.map(({ receivedAt }) => receivedAt)) }
  })
}
