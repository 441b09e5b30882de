import type { UpstreamStore } from '../request/result-store.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { DueStore } from '../request/due-store.ts'
import { inParallel } from '../../parallel.ts'
import { actions } from '../order/actions.ts'
import { type AdoptDependencies, lookAtOrphan } from '../callback/adopt-orphan.ts'
import { openUnknownAttempts } from '../submission/attempt-history.ts'
import type { Candidate } from '../callback/fitting-submissions.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'

export type CheckDependencies = AdoptDependencies & {
  store: AdoptDependencies['store'] &
    Pick<DueStore, 'listOrphans'> &
    Pick<UpstreamStore, 'listOrphansOf' | 'getOrphan'> &
    Pick<SubmissionStore, 'getSubmission'>
}

/** Upstream request ids that no answer named and that may be about a submission, by its number. A submission that it lacks was not looked at for want of time. */
export type FittingCallbacks = ReadonlyMap<number, ReadonlySet<string>>

/** From here on it is worth asking whether there are orphans at all before each device is asked for its own. */
const manyDevices = 100

/**
 * What ThingSpace has called back about some submissions whose answers were lost, under ids that nobody knew. To be asked
 * for before an action that may not run twice is sent again: a callback that nobody has taken in yet shows that it ran.
 */
export async function findEvidence(
  request: ProfileRequest,
  submissions: readonly Submission[],
  { store, clock }: CheckDependencies,
  stopAt: number,
): Promise<FittingCallbacks> {
  const evidence = new Map<number, Set<string>>()
  const unconfirmed = actions[request.action].repeatable ? [] : submissions.filter(hasOpenAttempt)
  for (const each of submissions) if (!unconfirmed.includes(each)) evidence.set(each.submission, new Set())
  if (unconfirmed.length === 0) return evidence
  if (request.deviceCount > manyDevices && (await store.listOrphans(1)).length === 0) {
    for (const { submission } of unconfirmed) evidence.set(submission, new Set())
    return evidence
  }
  const devices = await store.getDevices(request, 0, request.deviceCount)
  await inParallel(unconfirmed, async ({ submission, firstDevice, deviceCount }) => {
    const found = new Set<string>()
    if (clock() >= stopAt) return
    await inParallel(devices.slice(firstDevice, firstDevice + deviceCount), async (device) => {
      for (const id of await store.listOrphansOf(request.accountName, device)) found.add(id)
    })
    evidence.set(submission, found)
  })
  return evidence
}

const hasOpenAttempt = (submission: Submission): boolean =>
  openUnknownAttempts(submission, Number.POSITIVE_INFINITY).length > 0

/** What the evidence makes of a submission that somebody wants to send again. */
export type CallbackCheck =
  | { kind: 'free' }
  /** ThingSpace turned out to have it: its callbacks were adopted. */
  | { kind: 'adopted' }
  /** Callbacks came under these ids that may be about it, or about another. */
  | { kind: 'unclear'; upstreamRequestIds: string[] }

/** Looks once more at the orphans that may be about a submission, and takes in what can only be its. */
export async function checkCallbacksFirst(
  { submission }: Submission,
  request: ProfileRequest,
  evidence: ReadonlySet<string>,
  dependencies: CheckDependencies,
): Promise<CallbackCheck> {
  const { store } = dependencies
  const isMeant = (each: Candidate) =>
    each.request.requestId === request.requestId && each.submission.submission === submission
  const unclear: string[] = []
  for (const upstreamRequestId of evidence) {
    const orphan = await store.getOrphan({ accountName: request.accountName, upstreamRequestId })
    if (orphan === undefined) continue
    const look = await lookAtOrphan(orphan, dependencies)
    if (look.kind === 'unclear') {
      if ([...look.unconfirmed, ...look.possible].some(isMeant)) unclear.push(upstreamRequestId)
      continue
    }
    const current = await store.getSubmission(request, submission)
    if (current?.state === 'submitted') return { kind: 'adopted' }
  }
  return unclear.length > 0 ? { kind: 'unclear', upstreamRequestIds: unclear } : { kind: 'free' }
}
