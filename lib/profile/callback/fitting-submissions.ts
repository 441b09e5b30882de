import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { DeviceLink, DeviceStore } from '../request/device-link.ts'
import { inParallel } from '../../parallel.ts'
import { openUnknownAttempts } from '../submission/attempt-history.ts'
import { lookUpKeys } from '../order/identifiers.ts'
import type { Clock } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Orphan } from '../request/result-store.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import type { Submission } from '../request/submission.ts'
import { contradicts, joinResults } from '../status/matching.ts'
import { resultsWithinSeconds } from '../submission/retry-policy.ts'

export type FitDependencies = {
  store: Pick<DeviceStore, 'listLinks'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<RequestStore, 'getRequest' | 'getDevices'>
  clock: Clock
  settings: Settings
}

/** A submission that an orphan may belong to, and its request. */
export type Candidate = { submission: Submission; request: ProfileRequest }

/** The submissions that an orphan may belong to. */
export type Fitting = {
  /** Those whose answer was lost and whose devices the results name: it is theirs, if it is one. */
  unconfirmed: Candidate[]
  /** Those it may be, and may not be: the results name another profile of their card, or came just before the attempt. */
  possible: Candidate[]
  /** Those that are just being sent: the callback may have overtaken the answer. */
  underWay: Candidate[]
}

/** The newest requests of a device that are looked at; an older one has had its answer long ago. */
const linksRead = 25
/** The identifiers by which the submissions are looked for: one device of a bulk submission leads to it. */
const identifiersRead = 40

/**
 * The submissions an orphan may belong to, as far as anybody can tell: of the same account, with devices that its results
 * name, and an attempt of unknown outcome begun before the first of them came.
 */
export async function fittingSubmissions(
  orphan: Orphan,
  results: readonly Result[],
  dependencies: FitDependencies,
): Promise<Fitting> {
  const { clock, settings } = dependencies
  const fitting: Fitting = { unconfirmed: [], possible: [], underWay: [] }
  const stale: Candidate[] = []
  for (const candidate of await candidatesOf(orphan, results, dependencies)) {
    const { submission, request } = candidate
    const devices = await dependencies.store.getDevices(request, submission.firstDevice, submission.deviceCount)
    const { byDevice, unmatched } = joinResults(devices, results)
    const matches = new Set(byDevice.flat().map(({ match }) => match))
    const other = unmatched.some(({ identifiers }) => contradicts(devices, identifiers))
    if (matches.size === 0 || other) continue
    const attempt = attemptStateOf(candidate, orphan.firstReceivedAt, clock(), settings)
    if (attempt === 'none') {
      // Whatever the dates say, for clocks differ: what is being sent is looked at again when it has been.
      if (submission.state === 'submitting') fitting.underWay.push(candidate)
    } else if (attempt === 'early' || [...matches].every((match) => match === 'other-profile')) {
      fitting.possible.push(candidate)
    } else if (attempt === 'stale') stale.push(candidate)
    else fitting.unconfirmed.push(candidate)
  }
  // A doubt whose time for results is over gives way to any other.
  return fitting.unconfirmed.length > 0 ? fitting : { ...fitting, unconfirmed: stale }
}

/** How far the clocks of the functions and of SQS may be apart, in milliseconds. */
const clockTolerance = 5 * 60_000

/** The submissions of an account that the links of the devices lead to. */
async function candidatesOf(
  { accountName }: Orphan,
  results: readonly Result[],
  { store }: FitDependencies,
): Promise<Candidate[]> {
  const named = new Set(results.flatMap(({ identifiers }) => lookUpKeys(identifiers)))
  const links = new Map<string, DeviceLink>()
  await inParallel([...named].slice(0, identifiersRead), async (identifier) => {
    const { rows } = await store.listLinks(identifier, { limit: linksRead })
    for (const link of rows) {
      if (link.accountName === accountName) links.set(`${link.requestId}/${link.generation}/${link.position}`, link)
    }
  })
  const found = new Map<string, Candidate>()
  await inParallel([...links.values()], async ({ requestId, generation, position }) => {
    const request = await store.getRequest(requestId)
    if (request === undefined || request.generation !== generation) return
    const [submission] = await store.listSubmissions(request, { from: position, count: 1 })
    if (submission !== undefined) found.set(`${requestId}/${submission.submission}`, { submission, request })
  })
  return [...found.values()]
}

/**
 * Whether a submission has an attempt whose answer was lost before a callback came. `stale`: no attempt of it can have
 * results any more, or somebody has given it up; a result that can be nobody else's is still its own.
 */
function attemptStateOf(
  { submission, request }: Candidate,
  receivedAt: number,
  now: number,
  settings: Settings,
): 'open' | 'stale' | 'early' | 'none' {
  const { state, leaseUntil, updatedAt } = submission
  // While an attempt is under way its own answer comes first; it began when the submission was last written.
  if (state === 'submitting' && leaseUntil !== undefined && leaseUntil < now && updatedAt <= receivedAt) return 'open'
  if (state === 'submitting') return 'none'
  const unknown = openUnknownAttempts(submission, receivedAt)
  const within = resultsWithinSeconds(request.action, settings) * 1000
  if (unknown.some(({ finishedAt }) => receivedAt <= finishedAt + within)) return 'open'
  // Of what ThingSpace has accepted the doubt ends with the time for results; of anything else a result is news.
  if (unknown.length > 0) return state === 'submitted' ? 'none' : 'stale'
  return openUnknownAttempts(submission, receivedAt + clockTolerance).length > 0 ? 'early' : 'none'
}
