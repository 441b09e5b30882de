import type { ResultStore } from '../request/result-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Device } from '../order/identifiers.ts'
import type { Clock, Log } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { matchOf } from './matching.ts'
import { isSettled } from './summary.ts'
import type { UpstreamStatus, UpstreamStatusLookUp, UpstreamState } from './upstream-status.ts'
import { askAheadMilliseconds } from '../submission/retry-policy.ts'

export type ReconcileDependencies = {
  store: Pick<RequestStore, 'getDevices'> & Pick<ResultStore, 'recordResult'>
  requestStatus: UpstreamStatusLookUp
  clock: Clock
  log: Log
}

/** Whether ThingSpace's status calls may know this submission: they cover single devices only. */
const canBeAsked = (submission: Submission): boolean => submission.state === 'submitted' && submission.deviceCount === 1

/**
 * How long before its deadline a submission's result is asked for, in milliseconds: early enough to ask once more, and
 * never in the first three quarters of the time that callbacks have. Zero where there is nobody to ask.
 */
export function askedAhead(submission: Submission): number {
  const { resultsDueAt, updatedAt } = submission
  if (resultsDueAt === undefined || !canBeAsked(submission)) return 0
  return askAheadMilliseconds(resultsDueAt - updatedAt)
}

/** Whether a submission's result is about to expire although ThingSpace could be asked for it. */
export const isToBeAsked = (submission: Submission, request: ProfileRequest, now: number): boolean =>
  canBeAsked(submission) &&
  !isSettled(request.summary, submission) &&
  submission.resultsDueAt !== undefined &&
  submission.resultsDueAt - askedAhead(submission) <= now

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
  const [device] = await store.getDevices(request, submission.firstDevice, 1)
  if (device === undefined) return 'answered'
  for (const upstreamRequestId of submission.upstreamRequestIds) {
    const answer = await requestStatus({ accountName, upstreamRequestId })
    const state = answer.kind === 'found' ? stateOfDevice(answer, device) : `not known: ${answer.cause}`
    log.info('request status asked', { requestId, submission: submission.submission, upstreamRequestId, state })
    if (answer.kind === 'failed' && hangs.has(answer.cause)) return 'no-answer'
    if (state !== 'succeeded' && state !== 'failed') continue
    const outcome = await store.recordResult(
      {
        upstreamRequestId,
        identifiers: [...device],
        verdict: state,
        provenance: 'reconciled',
        note: 'no callback came; this is what the request status says',
        digest: `reconciled:${state}`,
        raw: JSON.stringify({ requestStatus: state }),
      },
      { accountName, receivedAt: clock() },
    )
    log.warn('result reconciled', { requestId, submission: submission.submission, action: request.action, outcome })
  }
  return 'answered'
}

/**
 * What a request's status says of its one device. Sub-requests decide: both of Verizon's examples say Success of a request
 * while one of them is Pending. Those that name the device count, else all. What is pending is not final, and a failure of
 * the whole beside nothing but successes is no answer.
 */
export function stateOfDevice({ state, devices }: UpstreamStatus, device: Device): UpstreamState {
  const own = devices.filter(({ identifiers }) => matchOf(device, identifiers) !== undefined)
  const states = (own.length > 0 ? own : devices).map((each) => each.state)
  if (states.length === 0 || state === 'pending') return state
  if (states.includes('pending')) return 'pending'
  if (states.includes('unrecognised') || state === 'unrecognised') return 'unrecognised'
  if (states.includes('failed')) return 'failed'
  return state === 'succeeded' ? 'succeeded' : 'unrecognised'
}
