import { pointerIdentifiers } from './identifiers.ts'
import type { Clock, Log, Orphan, Store } from './ports.ts'
import type { Submission } from './request.ts'
import type { Settings } from './retry-policy.ts'
import { openDoubts } from './attempt-history.ts'
import { adoptedAs } from './submission-states.ts'

export type AdoptDependencies = {
  store: Pick<Store, 'findOwner' | 'listPointers' | 'listSubmissions' | 'getRequest' | 'saveAccepted' | 'removeOrphan'>
  clock: Clock
  settings: Settings
  log: Log
}

/** The newest requests of a device that are looked at; an older one has had its answer long ago. */
const pointersRead = 25

/** The submissions that an orphan may belong to. */
export type Fitting = {
  /** Those whose answer was lost. */
  inDoubt: Submission[]
  /** Those that are just being sent: the callback may have overtaken the answer. */
  underWay: Submission[]
}

/** What a look at an orphan gives: whose it is (now), or that nobody can tell. */
export type Look = { kind: 'owned'; requestId: string } | ({ kind: 'unclear' } & Fitting)

/**
 * Finds the submission that an upstream request id nobody knows belongs to, and makes it its own: one whose answer was
 * lost, of the same account, with one of the callback's devices, begun before the callback came. Only if exactly one
 * fits, and no other is just being sent; a guess would show one request's results as another's.
 */
export async function lookAtOrphan(orphan: Orphan, dependencies: AdoptDependencies): Promise<Look> {
  const { store, clock, settings, log } = dependencies
  const { upstreamRequestId, accountName } = orphan
  const owner = await store.findOwner(upstreamRequestId)
  if (owner !== undefined) {
    await store.removeOrphan(upstreamRequestId)
    return { kind: 'owned', requestId: owner.requestId }
  }
  const fitting = await fittingSubmissions(orphan, dependencies)
  const [submission] = fitting.inDoubt
  const request = submission === undefined ? undefined : await store.getRequest(submission.requestId)
  if (submission === undefined || request === undefined || isUnclear(fitting)) return { kind: 'unclear', ...fitting }
  const adopted = adoptedAs(submission, upstreamRequestId, { now: clock(), action: request.action, settings })
  const saved = await store.saveAccepted(adopted, submission, upstreamRequestId, accountName)
  // Something happened to it meanwhile.
  if (saved.kind === 'changed') return lookAtOrphan(orphan, dependencies)
  await store.removeOrphan(upstreamRequestId)
  log.info('orphan adopted', { upstreamRequestId, requestId: submission.requestId, submission: submission.submission })
  return { kind: 'owned', requestId: submission.requestId }
}

const isUnclear = ({ inDoubt, underWay }: Fitting): boolean => inDoubt.length > 1 || underWay.length > 0

/** Looks at an orphan that is due, and puts off the next look. Gives the request whose fold must be done again. */
export async function adoptOrphan(
  orphan: Orphan,
  dependencies: AdoptDependencies & { store: Pick<Store, 'postponeOrphan'> },
): Promise<string | undefined> {
  const { store, clock, log } = dependencies
  const look = await lookAtOrphan(orphan, dependencies)
  if (look.kind === 'owned') return look.requestId
  const { upstreamRequestId, accountName, firstReceivedAt } = orphan
  await store.postponeOrphan(upstreamRequestId, nextLook(orphan, clock()))
  const ageSeconds = Math.round((clock() - firstReceivedAt) / 1000)
  log.warn('orphan kept', { upstreamRequestId, accountName, fitting: look.inDoubt.length, ageSeconds })
  return undefined
}

/** The submissions an orphan may belong to, as far as anybody can tell. */
export async function fittingSubmissions(
  { identifiers, accountName, firstReceivedAt }: Orphan,
  { store, clock }: { store: Pick<Store, 'listPointers' | 'listSubmissions'>; clock: Clock },
): Promise<Fitting> {
  const inDoubt = new Map<string, Submission>()
  const underWay = new Map<string, Submission>()
  for (const identifier of pointerIdentifiers(identifiers)) {
    const { rows } = await store.listPointers(identifier, { limit: pointersRead })
    for (const pointer of rows) {
      if (pointer.accountName !== accountName) continue
      const [submission] = await store.listSubmissions(pointer.requestId, { from: pointer.position, count: 1 })
      if (submission === undefined) continue
      const name = `${submission.requestId}/${submission.submission}`
      if (answerWasLost(submission, firstReceivedAt, clock())) inDoubt.set(name, submission)
      // Whatever the dates say, for clocks differ: what is being sent is looked at again when it has been.
      else if (submission.state === 'submitting') underWay.set(name, submission)
    }
  }
  return { inDoubt: [...inDoubt.values()], underWay: [...underWay.values()] }
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
