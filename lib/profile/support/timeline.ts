import { type Attempt, errorParts, type UpstreamError } from '../request/outcome.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import type { Submission } from '../request/submission.ts'

/** One event in the history of a request. `at` is in epoch milliseconds. */
export type TimelineEntry = {
  at: number
  submission?: number
  what: string
  /** A text for operators. */
  detail: string
  /** The order of entries with the same time. */
  order: number
}

/** The callbacks of one upstream request id, counted by verdict. Times are in epoch milliseconds. */
export type CallbackCounts = {
  submission: number
  upstreamRequestId: string
  adopted: boolean
  verdicts: Partial<Record<Result['verdict'], number>>
  first?: number
  last?: number
}

/** Builds the history of a request from its records, oldest entry first. */
export const timelineOf = (
  request: ProfileRequest,
  submissions: readonly Submission[],
  callbacks: readonly CallbackCounts[],
): TimelineEntry[] =>
  [
    ...entriesOfRequest(request),
    ...submissions.flatMap((submission) => entriesOfSubmission(submission, request)),
    ...callbacks.flatMap(entriesOfCallbacks),
  ].toSorted((a, b) => a.at - b.at || a.order - b.order)

/** Describes an error of ThingSpace in one line. Empty if there is none. */
const saidBy = (error: UpstreamError | undefined): string => (error === undefined ? '' : errorParts(error).join(' '))

const devicesOf = (count: number): string => `${count} device${count === 1 ? '' : 's'}`

function entriesOfRequest(request: ProfileRequest): TimelineEntry[] {
  const { action, family, deviceCount, caller, reorderOf, cancelledAt, cancelledBy, finalAt, summary } = request
  const again = reorderOf === undefined ? '' : `, again after request ${reorderOf}`
  const what = `${action} (${family}) for ${devicesOf(deviceCount)}, requested by ${caller}${again}`
  const entries = [{ at: request.createdAt, what: 'accepted', detail: what, order: 0 }]
  if (cancelledAt !== undefined) {
    entries.push({ at: cancelledAt, what: 'cancelled', detail: `by ${cancelledBy ?? 'an unknown caller'}`, order: 4 })
  }
  if (finalAt !== undefined) entries.push({ at: finalAt, what: 'final', detail: summary.status, order: 6 })
  return entries
}

function entriesOfSubmission(submission: Submission, request: ProfileRequest): TimelineEntry[] {
  const { submission: name, createdAt, deviceCount, splitFrom, attempts, decisions = [], reordered = [] } = submission
  const entries: TimelineEntry[] = []
  const add = (entry: Omit<TimelineEntry, 'submission'>) => entries.push({ ...entry, submission: name })
  if (splitFrom !== undefined) {
    const detail = `${devicesOf(deviceCount)} separated from submission ${splitFrom} to find the refused device`
    add({ at: createdAt, what: 'split', detail, order: 1 })
  } else if (createdAt > request.createdAt) {
    add({ at: createdAt, what: 'created', detail: devicesOf(deviceCount), order: 1 })
  }
  // Both halves of a split submission hold the attempts before the split. Only the first half lists them.
  for (const tried of attempts.filter(({ startedAt }) => splitFrom === undefined || startedAt >= createdAt)) {
    add({ at: tried.startedAt, what: `attempt ${tried.attempt}`, detail: wordsOf(tried), order: 3 })
  }
  for (const { at, by, what } of decisions) add({ at, what: 'decision', detail: `${what}, by ${by}`, order: 2 })
  for (const { at, requestId, positions } of reordered) {
    add({ at, what: 'ordered again', detail: `${devicesOf(positions.length)}, as request ${requestId}`, order: 6 })
  }
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
  const source = adopted ? ', adopted: no response named this id' : ''
  const until = last > first ? ' (time of the first)' : ''
  const detail = `${counts.join(', ')} for ${upstreamRequestId}${source}${until}`
  return [{ at: first, submission, what: 'callbacks', detail, order: 5 }]
}
