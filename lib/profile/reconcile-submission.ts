import { statusVersionOf } from './actions.ts'
import { isSettled } from './fold.ts'
import type { Clock, Log, RequestStatusLookUp, Store } from './ports.ts'
import type { ProfileRequest, Submission } from './request.ts'

export type ReconcileDependencies = {
  store: Pick<Store, 'getDevices' | 'recordResult'>
  requestStatus: RequestStatusLookUp
  clock: Clock
  log: Log
}

const longestAheadMilliseconds = 3 * 60_000

/** Whether ThingSpace's status calls know this submission: they cover single devices of some actions only. */
const canBeAsked = (submission: Submission, { action, family }: ProfileRequest): boolean =>
  submission.state === 'submitted' && submission.deviceCount === 1 && statusVersionOf(action, family) !== undefined

/**
 * How long before its deadline a submission's result is asked for, in milliseconds: early enough to ask once more, and
 * never in the first three quarters of the time that callbacks have. Zero where there is nobody to ask.
 */
export function askedAhead(submission: Submission, request: ProfileRequest): number {
  const { resultsDueAt, updatedAt } = submission
  if (resultsDueAt === undefined || !canBeAsked(submission, request)) return 0
  return Math.min(longestAheadMilliseconds, Math.floor((resultsDueAt - updatedAt) / 4))
}

/** Whether a submission's result is about to expire although ThingSpace could be asked for it. */
export const isToBeAsked = (submission: Submission, request: ProfileRequest, now: number): boolean =>
  canBeAsked(submission, request) &&
  !isSettled(request.fold, submission) &&
  submission.resultsDueAt !== undefined &&
  submission.resultsDueAt - askedAhead(submission, request) <= now

/** Causes for which the next call would have no answer either. */
const hangs: ReadonlySet<string> = new Set(['no-answer', 'unreachable', 'throttled', 'unavailable', 'credentials'])

/**
 * Asks ThingSpace what became of a request whose callback never came, and records a final answer as a result that says
 * where it comes from. Anything else (still pending, not found, no answer) changes nothing: the deadline decides.
 * Says whether ThingSpace gave an answer at all.
 */
export async function reconcileSubmission(
  submission: Submission,
  request: ProfileRequest,
  { store, requestStatus, clock, log }: ReconcileDependencies,
): Promise<'answered' | 'no-answer'> {
  const { accountName, requestId } = request
  const version = statusVersionOf(request.action, request.family)
  const [device] = await store.getDevices(request, submission.firstDevice, 1)
  if (version === undefined || device === undefined) return 'answered'
  for (const upstreamRequestId of submission.upstreamRequestIds) {
    const answer = await requestStatus({ version, accountName, upstreamRequestId })
    const state = answer.kind === 'found' ? answer.state : `not known: ${answer.cause}`
    log.info('request status asked', { requestId, submission: submission.submission, upstreamRequestId, state })
    if (answer.kind === 'failed' && hangs.has(answer.cause)) return 'no-answer'
    if (state !== 'succeeded' && state !== 'failed') continue
    const fate = await store.recordResult(
      {
        upstreamRequestId,
        identifiers: [...device],
        verdict: state,
        provenance: 'reconciled',
        note: 'no callback came; this is what the request status says',
        digest: `reconciled:${state}`,
        raw: JSON.stringify({ statusVersion: version, state }),
      },
      { accountName, receivedAt: clock() },
    )
    log.warn('result reconciled', { requestId, submission: submission.submission, action: request.action, fate })
  }
  return 'answered'
}
