import { inParallel } from '../parallel.ts'
import { actions } from './actions.ts'
import { type AdoptDependencies, lookAtOrphan } from './adopt-orphan.ts'
import { openDoubts } from './attempt-history.ts'
import { identifierKey, pointerIdentifiers } from './identifiers.ts'
import type { Store } from './ports.ts'
import type { ProfileRequest, Submission } from './request.ts'

export type DoubtDependencies = AdoptDependencies & {
  store: AdoptDependencies['store'] & Pick<Store, 'getDevices' | 'listOrphansOf' | 'getOrphan' | 'getSubmission'>
}

/** What is known of a submission that somebody wants to send again. */
export type Doubt =
  | { kind: 'free' }
  /** ThingSpace turned out to have it: its callbacks were adopted. */
  | { kind: 'adopted' }
  /** Callbacks came under these ids that may be about it, or about another. */
  | { kind: 'unclear'; upstreamRequestIds: string[] }

/**
 * Has ThingSpace called back about a submission whose answer was lost? To be asked before an action that may not run
 * twice is sent again: a callback that nobody has taken in yet is the evidence that it ran.
 */
export async function settleDoubt(
  submission: Submission,
  request: ProfileRequest,
  dependencies: DoubtDependencies,
): Promise<Doubt> {
  const { store } = dependencies
  const { action, accountName } = request
  if (actions[action].repeatable || openDoubts(submission, Number.POSITIVE_INFINITY) <= 0) return { kind: 'free' }
  const unclear: string[] = []
  for (const upstreamRequestId of await orphansOf(submission, request, dependencies)) {
    const orphan = await store.getOrphan(upstreamRequestId)
    if (orphan === undefined || orphan.accountName !== accountName) continue
    const look = await lookAtOrphan(orphan, dependencies)
    if (look.kind === 'unclear') {
      if (look.inDoubt.some((fitting) => isSame(fitting, submission))) unclear.push(upstreamRequestId)
      continue
    }
    const current = await store.getSubmission(submission.requestId, submission.submission)
    if (current?.state === 'submitted') return { kind: 'adopted' }
  }
  return unclear.length > 0 ? { kind: 'unclear', upstreamRequestIds: unclear } : { kind: 'free' }
}

/** The upstream request ids nobody knew that callbacks have named one of a submission's devices under. */
async function orphansOf(
  { firstDevice, deviceCount }: Submission,
  request: ProfileRequest,
  { store }: DoubtDependencies,
): Promise<Set<string>> {
  const devices = await store.getDevices(request, firstDevice, deviceCount)
  const identifiers = new Map(devices.flatMap(pointerIdentifiers).map((each) => [identifierKey(each), each]))
  const found = new Set<string>()
  await inParallel([...identifiers.values()], async (identifier) => {
    for (const upstreamRequestId of await store.listOrphansOf(identifier)) found.add(upstreamRequestId)
  })
  return found
}

const isSame = (a: Submission, b: Submission): boolean => a.requestId === b.requestId && a.submission === b.submission
