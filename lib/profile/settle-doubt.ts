import { inParallel } from '../parallel.ts'
import { actions } from './actions.ts'
import { type AdoptDependencies, lookAtOrphan } from './adopt-orphan.ts'
import { openDoubts } from './attempt-history.ts'
import { type Identifier, identifierKey, pointerIdentifiers } from './identifiers.ts'
import type { Store } from './ports.ts'
import type { ProfileRequest, Submission } from './request.ts'

export type DoubtDependencies = AdoptDependencies & {
  store: AdoptDependencies['store'] &
    Pick<Store, 'getDevices' | 'listOrphans' | 'listOrphansOf' | 'getOrphan' | 'getSubmission'>
}

/** Upstream request ids that no answer named and that may be about a submission, by its number. */
export type Evidence = ReadonlyMap<number, ReadonlySet<string>>

/** From here on it is worth asking whether there are orphans at all before each device is asked for its own. */
const manyIdentifiers = 200

/**
 * What ThingSpace has called back about some submissions whose answers were lost, under ids that nobody knew. To be asked
 * for before an action that may not run twice is sent again: a callback that nobody has taken in yet shows that it ran.
 */
export async function findEvidence(
  request: ProfileRequest,
  submissions: readonly Submission[],
  { store }: DoubtDependencies,
): Promise<Evidence> {
  const evidence = new Map<number, Set<string>>()
  const doubtful = actions[request.action].repeatable ? [] : submissions.filter(isDoubtful)
  if (doubtful.length === 0) return evidence
  const devices = await store.getDevices(request, 0, request.deviceCount)
  const named = new Map<string, { identifier: Identifier; by: Set<number> }>()
  for (const { submission, firstDevice, deviceCount: count } of doubtful) {
    for (const identifier of devices.slice(firstDevice, firstDevice + count).flatMap(pointerIdentifiers)) {
      const known = named.get(identifierKey(identifier))
      if (known === undefined) named.set(identifierKey(identifier), { identifier, by: new Set([submission]) })
      else known.by.add(submission)
    }
  }
  if (named.size > manyIdentifiers && (await store.listOrphans(1)).length === 0) return evidence
  await inParallel([...named.values()], async ({ identifier, by }) => {
    for (const upstreamRequestId of await store.listOrphansOf(identifier)) {
      for (const submission of by) {
        evidence.set(submission, new Set([...(evidence.get(submission) ?? []), upstreamRequestId]))
      }
    }
  })
  return evidence
}

const isDoubtful = (submission: Submission): boolean => openDoubts(submission, Number.POSITIVE_INFINITY) > 0

/** What the evidence makes of a submission that somebody wants to send again. */
export type Doubt =
  | { kind: 'free' }
  /** ThingSpace turned out to have it: its callbacks were adopted. */
  | { kind: 'adopted' }
  /** Callbacks came under these ids that may be about it, or about another. */
  | { kind: 'unclear'; upstreamRequestIds: string[] }

/** Looks once more at the orphans that may be about a submission, and takes in what can only be its. */
export async function settleDoubt(
  { requestId, submission }: Submission,
  { accountName }: ProfileRequest,
  evidence: Evidence,
  dependencies: DoubtDependencies,
): Promise<Doubt> {
  const { store } = dependencies
  const unclear: string[] = []
  for (const upstreamRequestId of evidence.get(submission) ?? []) {
    const orphan = await store.getOrphan(upstreamRequestId)
    if (orphan === undefined || orphan.accountName !== accountName) continue
    const look = await lookAtOrphan(orphan, dependencies)
    if (look.kind === 'unclear') {
      const fits = look.inDoubt.some((each) => each.requestId === requestId && each.submission === submission)
      if (fits) unclear.push(upstreamRequestId)
      continue
    }
    const current = await store.getSubmission(requestId, submission)
    if (current?.state === 'submitted') return { kind: 'adopted' }
  }
  return unclear.length > 0 ? { kind: 'unclear', upstreamRequestIds: unclear } : { kind: 'free' }
}
