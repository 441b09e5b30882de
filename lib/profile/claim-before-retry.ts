import { inParallel } from '../parallel.ts'
import { adoptOrphan, type AdoptDependencies, fittingSubmissions } from './adopt-orphan.ts'
import type { Orphan, Store } from './ports.ts'
import type { ProfileRequest, Submission, SubmissionState } from './request.ts'

export type ClaimDependencies = AdoptDependencies & {
  store: AdoptDependencies['store'] & Pick<Store, 'listOrphans' | 'getOrphan'>
}

export type Claims = {
  /** How many callbacks' requests found their submission, so that it need not be repeated. */
  adopted: number
  /** Submissions that callbacks may be about, and others fit them as well: nobody can tell. */
  ambiguous: ReadonlySet<number>
}

const noClaims: Claims = { adopted: 0, ambiguous: new Set() }

/** A caller waits. There are hardly ever more, and what is not looked at here is by the sweep. */
const orphansRead = 200

/** What was given up on is in doubt still: its callbacks are adopted too. */
const isDoubtful = (state: SubmissionState): boolean => state === 'unconfirmed' || state === 'abandoned'

/**
 * Looks, before submissions in doubt are repeated, whether ThingSpace has called back about them under an id that
 * nobody knows. What fits exactly one submission is adopted now instead of at the next sweep.
 */
export async function claimBeforeRetry(
  { requestId, accountName, cancelledAt }: ProfileRequest,
  only: readonly number[] | undefined,
  dependencies: ClaimDependencies,
): Promise<Claims> {
  const { store } = dependencies
  // Of a cancelled request nothing is repeated.
  if (cancelledAt !== undefined) return noClaims
  const doubtful = new Set(
    (await store.listSubmissions(requestId))
      .filter(({ state, submission }) => isDoubtful(state) && (only?.includes(submission) ?? true))
      .map(({ submission }) => submission),
  )
  if (doubtful.size === 0) return noClaims
  const isMeant = (submission: Submission) => submission.requestId === requestId && doubtful.has(submission.submission)

  const fitting: { orphan: Orphan; candidates: Submission[] }[] = []
  await inParallel(await store.listOrphans(orphansRead), async (upstreamRequestId) => {
    const orphan = await store.getOrphan(upstreamRequestId)
    if (orphan?.accountName !== accountName || (await store.findOwner(upstreamRequestId)) !== undefined) return
    const candidates = await fittingSubmissions(orphan, dependencies)
    if (candidates.some(isMeant)) fitting.push({ orphan, candidates })
  })

  let adopted = 0
  const ambiguous = new Set<number>()
  // The oldest first, one after the other: each adoption settles a doubt that the next might have fitted.
  for (const { orphan, candidates } of fitting.toSorted(
    (a, b) => a.orphan.firstReceivedAt - b.orphan.firstReceivedAt,
  )) {
    if (candidates.length === 1 && (await adoptOrphan(orphan, dependencies)) !== undefined) adopted += 1
    else for (const candidate of candidates.filter(isMeant)) ambiguous.add(candidate.submission)
  }
  return { adopted, ambiguous }
}
