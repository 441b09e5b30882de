import type { Clock, Log } from '../ports.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Orphan, ResultStore, UpstreamLink, UpstreamStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import { adoptedAs } from '../submission/transitions/attempt-transitions.ts'
import type { Place } from './candidates.ts'
import { fittingSubmissions, type Fitting } from './fitting-submissions.ts'

export type LookDependencies = {
  store: Pick<UpstreamStore, 'findUpstreamLink' | 'removeOrphan'> &
    Pick<ResultStore, 'listResults'> &
    Pick<SubmissionStore, 'listSubmissions' | 'saveAccepted'> &
    Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<DeviceStore, 'listLinks'>
  clock: Clock
  settings: Settings
  log: Log
}

export type AdoptDependencies = LookDependencies & { store: Pick<UpstreamStore, 'postponeOrphan'> }

/** The result of looking at an orphan: the submission it now belongs to, or the submissions it may belong to. */
export type Look = { kind: 'linked'; link: UpstreamLink } | ({ kind: 'unclear' } & Fitting)

/** Maximum number of rounds. Each lost round means that another function changed the submission. */
const rounds = 5

/**
 * Finds the submission of an orphan (an upstream request id without a link) and adopts it: the submission becomes
 * `submitted` under this id. Adopts only if exactly one unconfirmed submission fits and none that fits is in flight. A
 * wrong guess would show the results of one request as those of another. `also` names a submission that is checked in any
 * case. Throws if every round loses.
 */
export async function lookAtOrphan(orphan: Orphan, dependencies: LookDependencies, also?: Place): Promise<Look> {
  const { store, clock, settings, log } = dependencies
  const { upstreamRequestId } = orphan
  for (let round = 0; round < rounds; round += 1) {
    const link = await store.findUpstreamLink(orphan)
    if (link !== undefined) {
      await store.removeOrphan(orphan)
      return { kind: 'linked', link }
    }
    const results = await store.listResults(orphan)
    const fitting = await fittingSubmissions(orphan, { results, also }, dependencies)
    const [only, ...others] = fitting.unconfirmed
    if (only === undefined || others.length > 0 || fitting.underWay.length > 0) return { kind: 'unclear', ...fitting }
    const { submission, request } = only
    const adopted = adoptedAs(submission, upstreamRequestId, { now: clock(), action: request.action, settings })
    const saved = await store.saveAccepted(adopted, submission, orphan)
    if (saved.kind === 'changed') continue
    await store.removeOrphan(orphan)
    const taken = { requestId: request.requestId, submission: submission.submission }
    log.info('orphan adopted', { upstreamRequestId, ...taken })
    return { kind: 'linked', link: taken }
  }
  throw new Error(
    `the submission that fits upstream request ${upstreamRequestId} changed in each of ${rounds} attempts`,
  )
}

/** Looks at an orphan that is due. If it is not adopted, postpones the next look. The sweep calls it. */
export async function adoptOrphan(orphan: Orphan, dependencies: AdoptDependencies): Promise<UpstreamLink | undefined> {
  const { store, clock, log } = dependencies
  const look = await lookAtOrphan(orphan, dependencies)
  if (look.kind === 'linked') return look.link
  const { upstreamRequestId, accountName, firstReceivedAt } = orphan
  await store.postponeOrphan(orphan, nextLook(orphan, clock()))
  const ageSeconds = Math.round((clock() - firstReceivedAt) / 1000)
  log.warn('orphan kept', { upstreamRequestId, accountName, fitting: look.unconfirmed.length, ageSeconds })
  return undefined
}

/** The next look, between a minute and an hour from now. The delay grows with age, because a late adoption is unlikely. */
function nextLook({ firstReceivedAt }: Orphan, now: number): number {
  const age = now - firstReceivedAt
  return now + Math.min(3_600_000, Math.max(60_000, age))
}
