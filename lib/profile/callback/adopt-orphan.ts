import type { SubmissionStore } from '../request/submission-store.ts'
import type { Clock, Log } from '../ports.ts'
import type { Orphan, ResultStore, UpstreamLink, UpstreamStore } from '../request/result-store.ts'
import { fittingSubmissions, type Fitting, type FitDependencies } from './fitting-submissions.ts'
import { adoptedAs } from '../submission/attempt-transitions.ts'

export type AdoptDependencies = FitDependencies & {
  store: FitDependencies['store'] &
    Pick<UpstreamStore, 'findUpstreamLink' | 'removeOrphan'> &
    Pick<ResultStore, 'listResults'> &
    Pick<SubmissionStore, 'saveAccepted'>
  clock: Clock
  log: Log
}

/** What a look at an orphan gives: whose it is (now), or that nobody can tell. */
export type Look = { kind: 'owned'; link: UpstreamLink } | ({ kind: 'unclear' } & Fitting)

/** Something else may happen to a submission each time that it is to be taken. */
const rounds = 5

/**
 * Finds the submission that an upstream request id nobody knows belongs to, and makes it its own. Only if exactly one
 * fits, and no other is just being sent; a guess would show one request's results as another's.
 */
export async function lookAtOrphan(orphan: Orphan, dependencies: AdoptDependencies): Promise<Look> {
  const { store, clock, settings, log } = dependencies
  const { upstreamRequestId } = orphan
  for (let round = 0; round < rounds; round += 1) {
    const link = await store.findUpstreamLink(orphan)
    if (link !== undefined) {
      await store.removeOrphan(orphan)
      return { kind: 'owned', link }
    }
    const fitting = await fittingSubmissions(orphan, await store.listResults(orphan), dependencies)
    const [only, ...others] = fitting.unconfirmed
    if (only === undefined || others.length > 0 || fitting.underWay.length > 0) return { kind: 'unclear', ...fitting }
    const { submission, request } = only
    const adopted = adoptedAs(submission, upstreamRequestId, { now: clock(), action: request.action, settings })
    const saved = await store.saveAccepted(adopted, submission, orphan)
    if (saved.kind === 'changed') continue
    await store.removeOrphan(orphan)
    const taken = { requestId: request.requestId, submission: submission.submission }
    log.info('orphan adopted', { upstreamRequestId, ...taken })
    return { kind: 'owned', link: taken }
  }
  throw new Error(`the submission of upstream request ${upstreamRequestId} changed ${rounds} times`)
}

/** Looks at an orphan that is due, and puts off the next look. Gives the request whose summary must be done again. */
export async function adoptOrphan(
  orphan: Orphan,
  dependencies: AdoptDependencies & { store: Pick<UpstreamStore, 'postponeOrphan'> },
): Promise<UpstreamLink | undefined> {
  const { store, clock, log } = dependencies
  const look = await lookAtOrphan(orphan, dependencies)
  if (look.kind === 'owned') return look.link
  const { upstreamRequestId, accountName, firstReceivedAt } = orphan
  await store.postponeOrphan(orphan, nextLook(orphan, clock()))
  const ageSeconds = Math.round((clock() - firstReceivedAt) / 1000)
  log.warn('orphan kept', { upstreamRequestId, accountName, fitting: look.unconfirmed.length, ageSeconds })
  return undefined
}

/** Ever more slowly: what has not been claimed for a day will hardly ever be. */
function nextLook({ firstReceivedAt }: Orphan, now: number): number {
  const age = now - firstReceivedAt
  return now + Math.min(3_600_000, Math.max(60_000, age))
}
