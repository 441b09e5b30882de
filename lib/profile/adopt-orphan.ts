import { pointerIdentifiers } from './identifiers.ts'
import type { Clock, Log, Orphan, Store } from './ports.ts'
import type { Submission } from './request.ts'
import type { Settings } from './retry-policy.ts'
import { openDoubts } from './attempt-history.ts'
import { adoptedAs } from './submission-states.ts'

export type AdoptDependencies = {
  store: Pick<
    Store,
    'findOwner' | 'listPointers' | 'listSubmissions' | 'getRequest' | 'saveAccepted' | 'removeOrphan' | 'postponeOrphan'
  >
  clock: Clock
  settings: Settings
  log: Log
}

/** The newest requests of a device that are looked at; an older one has had its answer long ago. */
const pointersRead = 25

/**
 * Finds the submission that an upstream request id nobody knows belongs to, and makes it its own: one whose answer was
 * lost, of the same account, with one of the callback's devices, begun before the callback came. Only if exactly one
 * fits; a guess would show one request's results as another's. Gives the request whose fold must be done again.
 */
export async function adoptOrphan(orphan: Orphan, dependencies: AdoptDependencies): Promise<string | undefined> {
  const { store, clock, settings, log } = dependencies
  const { upstreamRequestId, accountName } = orphan
  const owner = await store.findOwner(upstreamRequestId)
  if (owner !== undefined) {
    await store.removeOrphan(upstreamRequestId)
    return owner.requestId
  }
  const candidates = await fittingSubmissions(orphan, dependencies)
  const [submission] = candidates
  const request = submission === undefined ? undefined : await store.getRequest(submission.requestId)
  if (submission === undefined || request === undefined || candidates.length > 1) {
    await store.postponeOrphan(upstreamRequestId, nextLook(orphan, clock()))
    const ageSeconds = Math.round((clock() - orphan.firstReceivedAt) / 1000)
    log.warn('orphan kept', { upstreamRequestId, accountName, fitting: candidates.length, ageSeconds })
    return undefined
  }
  const adopted = adoptedAs(submission, upstreamRequestId, { now: clock(), action: request.action, settings })
  const saved = await store.saveAccepted(adopted, submission, upstreamRequestId, accountName)
  // Something happened to it meanwhile; the orphan is still due and is looked at again.
  if (saved.kind === 'changed') return undefined
  await store.removeOrphan(upstreamRequestId)
  log.info('orphan adopted', { upstreamRequestId, requestId: submission.requestId, submission: submission.submission })
  return submission.requestId
}

/** The submissions an orphan may belong to, as far as anybody can tell. */
export async function fittingSubmissions(
  { identifiers, accountName, firstReceivedAt }: Orphan,
  { store, clock }: { store: Pick<Store, 'listPointers' | 'listSubmissions'>; clock: Clock },
): Promise<Submission[]> {
  const found = new Map<string, Submission>()
  for (const identifier of pointerIdentifiers(identifiers)) {
    const { rows } = await store.listPointers(identifier, { limit: pointersRead })
    for (const pointer of rows) {
      if (pointer.accountName !== accountName) continue
      const [submission] = await store.listSubmissions(pointer.requestId, { from: pointer.position, count: 1 })
      if (submission === undefined || !answerWasLost(submission, firstReceivedAt, clock())) continue
      found.set(`${submission.requestId}/${submission.submission}`, submission)
    }
  }
  return [...found.values()]
}

function answerWasLost(submission: Submission, receivedAt: number, now: number): boolean {
  const { state, leaseUntil, updatedAt } = submission
  // While an attempt is under way its own answer comes first; it began when the submission was last written.
  if (state === 'submitting') return leaseUntil !== undefined && leaseUntil < now && updatedAt <= receivedAt
  return openDoubts(submission, receivedAt) > 0
}

/** Ever more slowly: what has not been claimed for a day will hardly ever be. */
function nextLook({ firstReceivedAt }: Orphan, now: number): number {
  const age = now - firstReceivedAt
  return now + Math.min(3_600_000, Math.max(60_000, age))
}
