import { explainRequest, type ExplainDependencies } from './explain-request.ts'
import { joinKnown } from '../status/list-devices.ts'
import type { Result } from '../request/result.ts'
import type { Submission } from '../request/submission.ts'
import { viewDevice } from '../status/device-view.ts'
import { resultsOf } from '../status/read-summary.ts'
import { viewRequest } from '../status/request-view.ts'

const iso = (instant: number): string => new Date(instant).toISOString()

/**
 * Collects all records of a request for an export, with times in ISO 8601. Callback texts are redacted, as stored.
 * Undefined if the request does not exist.
 */
export async function collectEvidence(requestId: string, dependencies: ExplainDependencies) {
  const { store, clock, settings } = dependencies
  const explained = await explainRequest(requestId, dependencies)
  if (explained === undefined) return undefined
  const { request, submissions, timeline } = explained
  const collectedAt = clock()
  const devices = await store.getDevices(request, 0, request.deviceCount)
  const results = await resultsOf(request, submissions, store)
  const { known, unmatched } = joinKnown({ devices, start: 0, submissions, results })
  const moment = { now: collectedAt, otherProfileMilliseconds: settings.otherProfileSeconds * 1000 }
  return {
    collectedAt: iso(collectedAt),
    request: { ...viewRequest(request, []), fields: request.fields, caller: request.caller, version: request.version },
    submissions: submissions.map((submission) => readable(submission)),
    timeline: timeline.map(({ at, order: _order, ...entry }) => ({ at: iso(at), ...entry })),
    devices: known.map((each) => ({
      ...viewDevice({ known: each, request, moment }),
      callbacks: each.evidence.map(({ result }) => evidenceOf(result)),
    })),
    /** Callbacks under the request's upstream request ids that match none of its devices. */
    unmatchedCallbacks: unmatched.map(evidenceOf),
  }
}
export type RequestExport = NonNullable<Awaited<ReturnType<typeof collectEvidence>>>

/** A result with the other messages that it holds. */
const evidenceOf = ({ firstReceivedAt, receivedAt, others = [], ...result }: Result) => ({
  ...result,
  firstReceivedAt: iso(firstReceivedAt),
  receivedAt: iso(receivedAt),
  others: others.map((other) => ({ ...other, receivedAt: iso(other.receivedAt) })),
})

/** A submission with its times in ISO 8601. */
const readable = ({ attempts, decisions, ...submission }: Submission) => ({
  ...Object.fromEntries(
    Object.entries(submission).map(([name, value]) => [
      name,
      typeof value === 'number' && /(At|Until)$/.test(name) ? iso(value) : value,
    ]),
  ),
  attempts: attempts.map((tried) => ({
    ...tried,
    startedAt: iso(tried.startedAt),
    finishedAt: iso(tried.finishedAt),
  })),
  ...(decisions === undefined ? {} : { decisions: decisions.map((each) => ({ ...each, at: iso(each.at) })) }),
})
