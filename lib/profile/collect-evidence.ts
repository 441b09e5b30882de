import { joinResults } from './device-results.ts'
import { explainRequest, type ExplainDependencies } from './explain-request.ts'
import type { Device } from './identifiers.ts'
import type { ProfileRequest, Result, Submission } from './request.ts'
import { viewDevice, viewRequest } from './request-view.ts'
import { resultsOf } from './settle-request.ts'

const iso = (instant: number): string => new Date(instant).toISOString()

/** Everything that is stored of a request, with times that people can read. Callbacks as they were kept: redacted. */
export async function collectEvidence(requestId: string, { store, clock }: ExplainDependencies) {
  const explained = await explainRequest(requestId, { store, clock })
  if (explained === undefined) return undefined
  const { request, submissions, timeline } = explained
  const collectedAt = clock()
  const results = await resultsOf(submissions, store)
  const devices = await store.getDevices(request, 0, request.deviceCount)
  const rest = submissions.flatMap((submission) => unmatched(submission, devices, results))
  return {
    collectedAt: iso(collectedAt),
    request: { ...viewRequest(request, []), fields: request.fields, caller: request.caller, version: request.version },
    submissions: submissions.map((submission) => readable(submission)),
    timeline: timeline.map(({ at, order: _order, ...entry }) => ({ at: iso(at), ...entry })),
    devices: devicesWith(request, submissions, devices, results, collectedAt),
    /** Callbacks of our upstream request ids that name none of the devices. */
    unmatchedCallbacks: rest.map(evidenceOf),
  }
}
export type Evidence = NonNullable<Awaited<ReturnType<typeof collectEvidence>>>

function devicesWith(
  request: ProfileRequest,
  submissions: readonly Submission[],
  devices: readonly Device[],
  results: ReadonlyMap<number, Result[]>,
  now: number,
) {
  const owners = new Map<number, { submission: Submission; own: Result[] }>()
  for (const submission of submissions) {
    joined(submission, devices, results).byDevice.forEach((own, offset) =>
      owners.set(submission.firstDevice + offset, { submission, own }),
    )
  }
  return devices.map((device, position) => {
    const { submission, own = [] } = owners.get(position) ?? {}
    return { ...viewDevice(device, position, submission, own, request, now), callbacks: own.map(evidenceOf) }
  })
}

const joined = (
  { submission, firstDevice, deviceCount }: Submission,
  devices: readonly Device[],
  results: ReadonlyMap<number, Result[]>,
) => joinResults(devices.slice(firstDevice, firstDevice + deviceCount), results.get(submission) ?? [])

const unmatched = (submission: Submission, devices: readonly Device[], results: ReadonlyMap<number, Result[]>) =>
  joined(submission, devices, results).unmatched

/** One callback, and those that came beside it. */
const evidenceOf = ({ firstReceivedAt, receivedAt, others = [], ...result }: Result) => ({
  ...result,
  firstReceivedAt: iso(firstReceivedAt),
  receivedAt: iso(receivedAt),
  others: others.map((other) => ({ ...other, receivedAt: iso(other.receivedAt) })),
})

/** A submission with its dates as people read them. */
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
