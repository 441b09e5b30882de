import { inParallel } from '../parallel.ts'
import { foldRequest, isSettled, requestDueAt } from './fold.ts'
import type { Clock, Log, Store } from './ports.ts'
import {
  type Fold,
  isFinalRequest,
  type ProfileRequest,
  type Result,
  type Submission,
  SubmissionState,
} from './request.ts'
import { askedAhead } from './reconcile-submission.ts'
import type { Settings } from './retry-policy.ts'

export type SettleDependencies = {
  store: Pick<Store, 'getRequest' | 'listSubmissions' | 'getDevices' | 'listResults' | 'saveFold'>
  clock: Clock
  settings: Settings
  log: Log
}

/** A fold that loses this often to others has been done by them. */
const rounds = 5

/**
 * Folds submissions and results into the request's stored status. Reads everything, computes anew, writes only what
 * changed, fenced by the request's version; processing it any number of times equals once.
 * @param justRead the request, from whoever has read it a moment ago.
 */
export async function settleRequest(
  requestId: string,
  dependencies: SettleDependencies,
  justRead?: ProfileRequest,
): Promise<void> {
  const { store, clock, settings, log } = dependencies
  for (let round = 0; round < rounds; round += 1) {
    const request = (round === 0 ? justRead : undefined) ?? (await store.getRequest(requestId))
    if (request === undefined) return log.warn('nothing to settle: the request is gone', { requestId })
    const now = clock()
    const { fold, submissions } = await foldFromStore(request, store, now)
    const wantedAt = requestDueAt(request, fold, submissions, {
      notBefore: now + settings.foldEverySeconds * 1000,
      askedAhead,
    })
    const dueAt = isNearEnough(request.dueAt, wantedAt, settings) ? request.dueAt : wantedAt
    if (sameFold(request.fold, fold) && request.dueAt === dueAt) return
    if (await store.saveFold(request, fold, { now, dueAt })) {
      const { action, createdAt, version } = request
      const fields = { requestId, action, status: fold.status, version: version + 1 }
      if (isFinalRequest(fold.status) && fold.status !== request.fold.status) {
        log.info('request completed', { ...fields, seconds: Math.round((now - createdAt) / 1000) })
      } else log.info('request settled', fields)
      return
    }
  }
  throw new Error(`request ${requestId} changed under every one of ${rounds} folds`)
}

/**
 * A date that stands and is a little late is left: to move an entry of the due index costs two writes. Its date from the
 * beginning, a lease and the results' time away, is such a one once ThingSpace has the request.
 */
const isNearEnough = (stored: number | undefined, wanted: number | undefined, { leaseSeconds }: Settings): boolean =>
  stored !== undefined && wanted !== undefined && stored >= wanted && stored <= wanted + leaseSeconds * 1000

/** The fold of a request as the store has it at this moment. */
export async function foldFromStore(
  request: ProfileRequest,
  store: Pick<Store, 'listSubmissions' | 'getDevices' | 'listResults'>,
  now: number,
): Promise<{ fold: Fold; submissions: Submission[] }> {
  const submissions = await store.listSubmissions(request.requestId)
  const unsettled = submissions.filter(
    (submission) =>
      submission.upstreamRequestIds.length > 0 && !(isLarge(request) && isSettled(request.fold, submission)),
  )
  const results = await resultsOf(unsettled, store)
  const devices = unsettled.length === 0 ? [] : await store.getDevices(request, 0, request.deviceCount)
  const fold = foldRequest(
    request,
    submissions,
    (submission) => {
      const found = results.get(submission.submission)
      if (found === undefined) return undefined
      const { firstDevice, deviceCount } = submission
      return { devices: devices.slice(firstDevice, firstDevice + deviceCount), results: found }
    },
    now,
  )
  return { fold, submissions }
}

/** Requests up to this size are folded with each change and from all results; larger ones now and then, from open ones. */
export const isLarge = ({ deviceCount }: Pick<ProfileRequest, 'deviceCount'>): boolean => deviceCount > 100

/** The results of several submissions, by submission number. */
export async function resultsOf(
  submissions: readonly Submission[],
  store: Pick<Store, 'listResults'>,
): Promise<Map<number, Result[]>> {
  const results = new Map<number, Result[]>()
  await inParallel(submissions, async ({ submission, upstreamRequestIds }) => {
    const found = await Promise.all(upstreamRequestIds.map((id) => store.listResults(id)))
    results.set(submission, found.flat())
  })
  return results
}

function sameFold(a: Fold, b: Fold): boolean {
  return (
    a.status === b.status &&
    a.conflicts === b.conflicts &&
    a.awaitingDecision === b.awaitingDecision &&
    SubmissionState.options.every((state) => a.submissions[state] === b.submissions[state]) &&
    Buffer.compare(a.deviceStates, b.deviceStates) === 0
  )
}
