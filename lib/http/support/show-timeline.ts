import * as z from 'zod/mini'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { type HistoryEntry, readHistory, type RequestHistory } from '../../profile/support/evidence/request-history.ts'
import type { ExplainDependencies } from '../../profile/support/explain-request.ts'
import { pageRoom } from '../answer-size.ts'
import type { ApiAnswer } from '../api-call.ts'
import { cursorText, largestListPage, listLimit, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'

export const TimelineQuery = z.strictObject({ limit: listLimit, cursor: z.optional(cursorText) })

const isoOrNull = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString())

/**
 * GET /v1/requests/{requestId}/timeline: what happened to a request, oldest entry first, and what happens next. Each page
 * has the current next step and the possible decisions.
 */
export async function showTimeline(
  request: ProfileRequest,
  query: unknown,
  dependencies: ExplainDependencies,
): Promise<ApiAnswer> {
  const { requestId } = request
  const { limit, cursor } = readParameters(TimelineQuery, query)
  const start = cursor === undefined ? 0 : Number(openCursor(cursor, { timeline: requestId }, /^\d{1,7}$/))
  const read = await readHistory(requestId, dependencies)
  if (read === undefined) throw new ProblemError('not-found', { detail: 'the request has expired' })
  const hasRoom = pageRoom()
  const items: HistoryEntry[] = []
  for (const entry of read.history.slice(start, start + Math.min(limit, largestListPage))) {
    if (!hasRoom(JSON.stringify(entry))) break
    items.push(entry)
  }
  const end = start + items.length
  const nextCursor = end < read.history.length ? sealCursor(String(end), { timeline: requestId }) : null
  return {
    status: 200,
    headers:
      nextCursor === null
        ? {}
        : { link: `</v1/requests/${requestId}/timeline?limit=${limit}&cursor=${nextCursor}>; rel="next"` },
    body: viewTimeline(read, items, nextCursor),
  }
}

const viewTimeline = (
  { request, next, options, history }: RequestHistory,
  items: readonly HistoryEntry[],
  nextCursor: string | null,
) => ({
  requestId: request.requestId,
  accountName: request.accountName,
  status: request.summary.status,
  total: history.length,
  items,
  next: next === undefined ? null : { what: next.what, at: isoOrNull(next.at), why: next.why },
  decisions: options.map(({ what, submissions, effect }) => ({ what, submissions, effect })),
  nextCursor,
})
