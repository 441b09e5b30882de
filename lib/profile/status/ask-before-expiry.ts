import type { ResultStore } from '../request/result-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Device } from '../order/identifiers.ts'
import type { Clock, Log } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { matchOf } from './matching.ts'
import { isSettled } from './device-states.ts'
import type { UpstreamStatus, UpstreamStatusLookUp, UpstreamState } from './upstream-status.ts'
import { askAheadMilliseconds } from '../submission/transitions/retry-policy.ts'

export type ReconcileDependencies = {
  store: Pick<RequestStore, 'getDevices'> & Pick<ResultStore, 'recordResult'>
  requestStatus: UpstreamStatusLookUp
  /** No further call begins after this time, in epoch milliseconds. */
  until: number
  clock: Clock
  log: Log
}

/** Whether ThingSpace's status calls can answer for this submission. They cover single devices only. */
const canBeAsked = (submission: Submission): boolean => submission.state === 'submitted' && submission.deviceCount === 1

/**
 * How long before its deadline ThingSpace is asked for a submission's result, in milliseconds. This leaves time for a
 * second call, and callbacks have at least three quarters of the time. Zero if ThingSpace cannot be asked.
 */
export function askedAhead(submission: Submission): number {
  const { resultsDueAt, updatedAt } = submission
  if (resultsDueAt === undefined || !canBeAsked(submission)) return 0
  return askAheadMilliseconds(resultsDueAt - updatedAt)
}

/** Whether it is time to ask ThingSpace for a submission's result, because the result is about to expire. */
export const isToBeAsked = (submission: Submission, request: ProfileRequest, now: number): boolean =>
  canBeAsked(submission) &&
  !isSettled(request.summary, submission) &&
  submission.resultsDueAt !== undefined &&
  submission.resultsDueAt - askedAhead(submission) <= now

/** Causes that would make the next call fail too, so the caller stops asking. */
const outages: ReadonlySet<string> = new Set(['no-answer', 'unreachable', 'throttled', 'unavailable', 'credentials'])

/**
 * Asks ThingSpace for the status of a submission whose callback has not arrived. Records a final answer as a result with
 * provenance `reconciled`. Any other answer (pending, not found, an error) changes nothing, and the deadline applies.
 * Returns `no-answer` if ThingSpace did not respond, so that the sweep stops asking.
 */
export async function reconcileSubmission(
  submission: Submission,
  request: ProfileRequest,
  { store, requestStatus, until, clock, log }: ReconcileDependencies,
): Promise<'answered' | 'no-answer'> {
  const { accountName, requestId } = request
  const [device] = await store.getDevices(request, submission.firstDevice, 1)
  if (device === undefined) return 'answered'
  for (const upstreamRequestId of submission.upstreamRequestIds) {
    if (clock() >= until) break
    const answer = await requestStatus({ accountName, upstreamRequestId })
    const state = answer.kind === 'found' ? stateOfDevice(answer, device) : `unknown: ${answer.cause}`
    log.info('request status asked', { requestId, submission: submission.submission, upstreamRequestId, state })
    if (answer.kind === 'failed' && outages.has(answer.cause)) return 'no-answer'
    if (state !== 'succeeded' && state !== 'failed') continue
    const outcome = await store.recordResult(
      {
        upstreamRequestId,
        identifiers: [...device],
        verdict: state,
        provenance: 'reconciled',
        note: 'no callback arrived; this is the answer of the request status call',
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
 * Determines the state of the only device from a request status. Sub-requests decide, because both of Verizon's examples
 * report Success for a request while one of its sub-requests is Pending. If sub-requests name the device, only those
 * count, else all. Pending is not final. A failed request whose sub-requests all succeeded is `unrecognised`.
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
