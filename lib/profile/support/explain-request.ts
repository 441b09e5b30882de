import type { SubmissionStore } from '../request/submission-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import { type DecisionOption, optionsOf } from '../decision/decision-options.ts'
import { type NextStep, nextStepOfRequest } from '../status/next-step.ts'
import type { Attempt, UpstreamError } from '../request/outcome.ts'
import type { Clock } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import type { Submission } from '../request/submission.ts'
import { summaryFromStore, resultsOf } from '../status/read-summary.ts'

export type ExplainDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'>
  settings: Pick<Settings, 'otherProfileSeconds'>
  clock: Clock
}

/** One thing that happened to a request. */
export type TimelineEntry = {
  at: number
  submission?: number
  what: string
  detail: string
  /** Which comes first of what happened in one moment. */
  order: number
}

/** The callbacks of one upstream request id, counted. */
export type CallbackCounts = {
  submission: number
  upstreamRequestId: string
  adopted: boolean
  verdicts: Partial<Record<Result['verdict'], number>>
  first?: number
  last?: number
}

export type Explanation = {
  request: ProfileRequest
  submissions: Submission[]
  callbacks: CallbackCounts[]
  timeline: TimelineEntry[]
  next: NextStep | undefined
  options: DecisionOption[]
}

/** Everything the records say of one request, in the order in which it happened. */
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
  const timeline = [
    ...entriesOfRequest(request),
    ...submissions.flatMap((submission) => entriesOfSubmission(submission, request)),
    ...callbacks.flatMap(entriesOfCallbacks),
  ].toSorted((a, b) => a.at - b.at || a.order - b.order)
  return {
    request,
    submissions,
    callbacks,
    timeline,
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

const devicesOf = (count: number): string => `${count} device${count === 1 ? '' : 's'}`

function entriesOfRequest(request: ProfileRequest): TimelineEntry[] {
  const { action, family, deviceCount, caller, cancelledAt, cancelledBy, finalAt, summary } = request
  const what = `${action} (${family}) for ${devicesOf(deviceCount)}, ordered by ${caller}`
  const entries = [{ at: request.createdAt, what: 'accepted', detail: what, order: 0 }]
  if (cancelledAt !== undefined) {
    entries.push({ at: cancelledAt, what: 'cancelled', detail: `by ${cancelledBy ?? 'somebody'}`, order: 4 })
  }
  if (finalAt !== undefined) entries.push({ at: finalAt, what: 'final', detail: summary.status, order: 6 })
  return entries
}

function entriesOfSubmission(submission: Submission, request: ProfileRequest): TimelineEntry[] {
  const { submission: name, createdAt, deviceCount, splitFrom, attempts, decisions = [] } = submission
  const entries: TimelineEntry[] = []
  const add = (at: number, order: number, what: string, detail: string) =>
    entries.push({ at, submission: name, what, detail, order })
  if (splitFrom !== undefined) {
    add(
      createdAt,
      1,
      'split',
      `${devicesOf(deviceCount)} cut off from submission ${splitFrom} to find the one to blame`,
    )
  } else if (createdAt > request.createdAt) add(createdAt, 1, 'created', devicesOf(deviceCount))
  // The halves of a split one share the attempts before it, which are told once.
  for (const tried of attempts.filter(({ startedAt }) => splitFrom === undefined || startedAt >= createdAt)) {
    add(tried.startedAt, 3, `attempt ${tried.attempt}`, wordsOf(tried))
  }
  for (const { at, by, what } of decisions) add(at, 2, 'decision', `${what}, by ${by}`)
  return entries
}

function wordsOf({ outcome, cause, error, upstreamRequestId, startedAt, finishedAt }: Attempt): string {
  const said = saidBy(error)
  const parts = [
    cause === undefined ? outcome : `${outcome}: ${cause}`,
    ...(said === '' ? [] : [said]),
    ...(upstreamRequestId === undefined ? [] : [`as ${upstreamRequestId}`]),
    `after ${((finishedAt - startedAt) / 1000).toFixed(1)} s`,
  ]
  return parts.join(', ')
}

/** What ThingSpace said of a failure, in one line. */
export const saidBy = (error: UpstreamError | undefined): string =>
  [error?.status, error?.code, error?.message].filter((part) => part !== undefined).join(' ')

function entriesOfCallbacks({
  submission,
  upstreamRequestId,
  adopted,
  verdicts,
  first,
  last,
}: CallbackCounts): TimelineEntry[] {
  if (first === undefined || last === undefined) return []
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`)
  const whose = adopted ? ', an id the gateway was never told: adopted' : ''
  const until = last > first ? ' (the first of them)' : ''
  const detail = `${counts.join(', ')} of ${upstreamRequestId}${whose}${until}`
  return [{ at: first, submission, what: 'callbacks', detail, order: 5 }]
}
