import type { Result } from '../../request/result.ts'
import { resultsOf } from '../../status/read-summary.ts'
import { type ExplainDependencies, type Explanation, explainRequest } from '../explain-request.ts'
import { timelineOf } from '../timeline.ts'

/** A callback, or a status that ThingSpace was asked for: the redacted text beside how it was understood. */
type HistoryCallback = Pick<
  Result,
  'upstreamRequestId' | 'identifiers' | 'verdict' | 'fault' | 'euicc' | 'note' | 'provenance' | 'raw'
> & { adopted: boolean; isResult: boolean }

/** One entry in the history of a request. Times are in ISO 8601. */
export type HistoryEntry = {
  at: string
  what: string
  detail: string
  submission?: number
  callback?: HistoryCallback
  /** The event that subscribers received. */
  event?: string
}

/** The history of a request, oldest entry first, with every callback. Texts of callbacks are redacted, as stored. */
export type RequestHistory = Explanation & { history: HistoryEntry[]; results: ReadonlyMap<number, Result[]> }

const iso = (instant: number): string => new Date(instant).toISOString()

/** Reads everything that is known about a request. Undefined if it does not exist. Changes nothing. */
export async function readHistory(
  requestId: string,
  dependencies: ExplainDependencies,
): Promise<RequestHistory | undefined> {
  const explained = await explainRequest(requestId, dependencies)
  if (explained === undefined) return undefined
  const { request, submissions } = explained
  const results = await resultsOf(request, submissions, dependencies.store)
  const callbacks = submissions.flatMap(({ submission, adopted = [] }) =>
    (results.get(submission) ?? []).flatMap((result) =>
      entriesOf(result, { submission, adopted: adopted.includes(result.upstreamRequestId) }),
    ),
  )
  const others = timelineOf(request, submissions, []).map(({ at, ...entry }) => ({
    at: iso(at),
    ...entry,
    ...(entry.what === 'final' ? { event: 'request.completed' } : {}),
  }))
  // The order is total, so that a chain over the entries is the same at each reading.
  const history = [...others, ...callbacks]
    .toSorted((a, b) => (a.at === b.at ? a.order - b.order : a.at < b.at ? -1 : 1))
    .map(({ order: _order, ...entry }): HistoryEntry => entry)
  return { ...explained, history, results }
}

type Ordered = HistoryEntry & { order: number }

/** Among entries of one time, after attempts and before the final status, as in the timeline. */
const orderOfCallbacks = 5

/** The entries of a stored result: the message that counts, and the other messages about the same device. */
function entriesOf(result: Result, about: { submission: number; adopted: boolean }): Ordered[] {
  const { upstreamRequestId, identifiers, firstReceivedAt, others = [] } = result
  const { submission, adopted } = about
  const entry = (
    at: number,
    content: Pick<Result, 'verdict' | 'fault' | 'euicc' | 'note' | 'provenance' | 'raw'>,
    isResult: boolean,
  ): Ordered => {
    const { verdict, fault, euicc, note, provenance, raw } = content
    return {
      at: iso(at),
      order: orderOfCallbacks,
      what: provenance === 'reconciled' ? 'status answer' : 'callback',
      detail: `${verdict}${isResult ? '' : ', beside the result'}${adopted ? ', adopted: no response named this id' : ''}`,
      submission,
      callback: {
        upstreamRequestId,
        identifiers,
        verdict,
        ...(fault === undefined ? {} : { fault }),
        ...(euicc === undefined ? {} : { euicc }),
        ...(note === undefined ? {} : { note }),
        ...(provenance === undefined ? {} : { provenance }),
        raw,
        adopted,
        isResult,
      },
    }
  }
  return [entry(firstReceivedAt, result, true), ...others.map((other) => entry(other.receivedAt, other, false))]
}
