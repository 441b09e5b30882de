import { inParallel } from '../../parallel.ts'
import { lookAtOrphan } from '../callback/adopt-orphan.ts'
import type { Candidate } from '../callback/candidates.ts'
import { actions } from '../order/actions.ts'
import type { Clock, Log } from '../ports.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { DueStore } from '../request/due-store.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore, UpstreamStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'
import { openUnknownAttempts } from '../submission/transitions/attempt-history.ts'

export type CheckDependencies = {
  store: Pick<DueStore, 'listOrphans'> &
    Pick<UpstreamStore, 'findUpstreamLink' | 'removeOrphan' | 'listOrphansOf' | 'getOrphan'> &
    Pick<ResultStore, 'listResults'> &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions' | 'saveAccepted'> &
    Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<DeviceStore, 'listLinks'>
  clock: Clock
  settings: Settings
  log: Log
}

/**
 * Orphaned upstream request ids that may belong to a submission, by submission number. A submission without an entry was
 * not checked for lack of time.
 */
export type FittingCallbacks = ReadonlyMap<number, ReadonlySet<string>>

/** Above this number of devices, one query for any orphan at all comes first. It usually saves a query per device. */
const manyDevices = 100

/**
 * Finds orphaned callbacks that name devices of unconfirmed submissions. A retry of a non-repeatable action needs them,
 * because a callback that is not adopted yet shows that the action ran. Stops at `stopAt`, in epoch milliseconds.
 */
export async function findFittingCallbacks(
  request: ProfileRequest,
  { submissions, stopAt }: { submissions: readonly Submission[]; stopAt: number },
  { store, clock }: CheckDependencies,
): Promise<FittingCallbacks> {
  const fitting = new Map<number, Set<string>>()
  const unconfirmed = actions[request.action].repeatable ? [] : submissions.filter(hasOpenAttempt)
  for (const each of submissions) if (!unconfirmed.includes(each)) fitting.set(each.submission, new Set())
  if (unconfirmed.length === 0) return fitting
  if (request.deviceCount > manyDevices && (await store.listOrphans(1)).length === 0) {
    for (const { submission } of unconfirmed) fitting.set(submission, new Set())
    return fitting
  }
  const devices = await store.getDevices(request, 0, request.deviceCount)
  await inParallel(unconfirmed, async ({ submission, firstDevice, deviceCount }) => {
    const found = new Set<string>()
    if (clock() >= stopAt) return
    await inParallel(devices.slice(firstDevice, firstDevice + deviceCount), async (device) => {
      for (const id of await store.listOrphansOf(request.accountName, device)) found.add(id)
    })
    fitting.set(submission, found)
  })
  return fitting
}

const hasOpenAttempt = (submission: Submission): boolean =>
  openUnknownAttempts(submission, Number.POSITIVE_INFINITY).length > 0

/** The result of checking callbacks before a submission is sent again. */
export type CallbackCheck =
  /** No callback may belong to it, so it may be sent. */
  | { kind: 'free' }
  /** Its callbacks were adopted, which shows that ThingSpace accepted it. */
  | { kind: 'adopted' }
  /** Callbacks under these ids may belong to it or to another submission. */
  | { kind: 'unclear'; upstreamRequestIds: string[] }

/** Checks the given orphans again and adopts each that can only belong to one submission. */
export async function checkCallbacksFirst(
  { submission, firstDevice }: Submission,
  { request, orphans }: { request: ProfileRequest; orphans: ReadonlySet<string> },
  dependencies: CheckDependencies,
): Promise<CallbackCheck> {
  const { store } = dependencies
  const isMeant = (each: Candidate) =>
    each.request.requestId === request.requestId && each.submission.submission === submission
  const unclear: string[] = []
  for (const upstreamRequestId of orphans) {
    const orphan = await store.getOrphan({ accountName: request.accountName, upstreamRequestId })
    if (orphan === undefined) continue
    // A device with many orders has more links than adoption reads, so name the submission.
    const look = await lookAtOrphan(orphan, dependencies, { ...request, position: firstDevice })
    if (look.kind === 'unclear') {
      if ([...look.unconfirmed, ...look.possible].some(isMeant)) unclear.push(upstreamRequestId)
      continue
    }
    const current = await store.getSubmission(request, submission)
    if (current?.state === 'submitted') return { kind: 'adopted' }
  }
  return unclear.length > 0 ? { kind: 'unclear', upstreamRequestIds: unclear } : { kind: 'free' }
}
