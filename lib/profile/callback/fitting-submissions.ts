import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { DeviceStore } from '../request/device-link.ts'
import { openUnknownAttempts } from '../submission/transitions/attempt-history.ts'
import type { Clock } from '../ports.ts'
import type { Orphan } from '../request/result-store.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import { type Candidate, candidatesOf, type Place } from './candidates.ts'
import { contradicts, joinResults } from '../status/matching.ts'
import { resultsWithinSeconds } from '../submission/transitions/retry-policy.ts'

export type FitDependencies = {
  store: Pick<DeviceStore, 'listLinks'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<RequestStore, 'getRequest' | 'getDevices'>
  clock: Clock
  settings: Settings
}

/** The submissions that an orphan may belong to, by how likely that is. */
export type Fitting = {
  /** Their response was lost and the results name their devices. If there is exactly one, the orphan belongs to it. */
  unconfirmed: Candidate[]
  /**
   * Less certain: the results name another profile of their card, arrived shortly before the attempt, or name a device
   * with more requests than are checked.
   */
  possible: Candidate[]
  /** In flight: the callback may have arrived before their response. */
  underWay: Candidate[]
}

/**
 * Finds the submissions that an orphan may belong to. They are of the same account, contain a device that its results
 * name, and have an attempt of unknown outcome that began before the first result arrived. `also` is checked too.
 */
export async function fittingSubmissions(
  orphan: Orphan,
  { results, also }: { results: readonly Result[]; also?: Place | undefined },
  dependencies: FitDependencies,
): Promise<Fitting> {
  const { clock, settings } = dependencies
  const fitting: Fitting = { unconfirmed: [], possible: [], underWay: [] }
  const stale: Candidate[] = []
  const { candidates, isCut } = await candidatesOf(orphan, { results, also }, dependencies.store)
  for (const candidate of candidates) {
    const { submission, request } = candidate
    const devices = await dependencies.store.getDevices(request, submission.firstDevice, submission.deviceCount)
    const { byDevice, unmatched } = joinResults(devices, results)
    const matches = new Set(byDevice.flat().map(({ match }) => match))
    const other = unmatched.some(({ identifiers }) => contradicts(devices, identifiers))
    if (matches.size === 0 || other) continue
    const attempt = attemptStateOf(candidate, { receivedAt: orphan.firstReceivedAt, now: clock(), settings })
    if (attempt === 'none') {
      // Clock skew: ignore the dates of a submission in flight. The orphan is looked at again after its response.
      if (submission.state === 'submitting') fitting.underWay.push(candidate)
    } else if (attempt === 'early' || [...matches].every((match) => match === 'other-profile')) {
      fitting.possible.push(candidate)
    } else if (attempt === 'stale') stale.push(candidate)
    else fitting.unconfirmed.push(candidate)
  }
  // Stale submissions count only if no other submission fits.
  const unconfirmed = fitting.unconfirmed.length > 0 ? fitting.unconfirmed : stale
  // One of the submissions that were not checked may fit as well.
  if (isCut) return { ...fitting, unconfirmed: [], possible: [...unconfirmed, ...fitting.possible] }
  return { ...fitting, unconfirmed }
}

/** Maximum clock skew between the functions and SQS, in milliseconds. */
const clockTolerance = 5 * 60_000

/**
 * Whether a submission has an attempt that the orphan may belong to:
 * `open`: an attempt whose response was lost before the first callback arrived.
 * `stale`: the same, but too late for results of that attempt. The result may still be its own.
 * `early`: an attempt of unknown outcome that began after the callback, but within the clock skew.
 */
function attemptStateOf(
  { submission, request }: Candidate,
  { receivedAt, now, settings }: { receivedAt: number; now: number; settings: Settings },
): 'open' | 'stale' | 'early' | 'none' {
  const { state, leaseUntil, updatedAt } = submission
  // Until the lease expires, the response of an attempt in flight decides. `updatedAt` is when the attempt began.
  if (state === 'submitting' && leaseUntil !== undefined && leaseUntil < now && updatedAt <= receivedAt) return 'open'
  if (state === 'submitting') return 'none'
  const unknown = openUnknownAttempts(submission, receivedAt)
  const within = resultsWithinSeconds(request.action, settings) * 1000
  if (unknown.some(({ finishedAt }) => receivedAt <= finishedAt + within)) return 'open'
  // If a later attempt was accepted, the unknown attempt no longer counts once its time for results has passed.
  if (unknown.length > 0) return state === 'submitted' ? 'none' : 'stale'
  return openUnknownAttempts(submission, receivedAt + clockTolerance).length > 0 ? 'early' : 'none'
}
