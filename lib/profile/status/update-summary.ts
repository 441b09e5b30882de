import type { Clock, Log } from '../ports.ts'
import type { DeviceStore } from '../request/device-link.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { Settings } from '../request/settings.ts'
import { SubmissionState, isFinalRequest } from '../request/states.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Summary } from '../request/summary.ts'
import { traceIdOf } from '../request/trace.ts'
import { askedAhead } from './ask-before-expiry.ts'
import { type Changed, summaryFromStore } from './read-summary.ts'
import { writeResultLinks } from './result-links.ts'
import { requestDueAt } from './summary.ts'

export type UpdateSummaryDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices' | 'saveSummary' | 'beginSummary'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'> &
    Pick<DeviceStore, 'writeLinks'>
  clock: Clock
  settings: Settings
  log: Log
}

/** Maximum number of rounds before giving up. Each lost round means that another function wrote the request. */
const rounds = 5

type UpdateOptions = {
  /** The request, if the caller has just read it. It saves the first read. */
  request?: ProfileRequest
  changed?: Changed
  /** No further round begins after this time, in epoch milliseconds. The request then stays due. */
  until?: number
}

/**
 * Computes the summary of a request and stores it if it changed. The write fails if another function has changed the
 * request since it was read; the summary is then computed again. Running it repeatedly has the same effect as once.
 * Throws if every round loses.
 */
export async function updateSummary(
  requestId: string,
  dependencies: UpdateSummaryDependencies,
  { until = Number.POSITIVE_INFINITY, ...known }: UpdateOptions = {},
): Promise<void> {
  const { store, clock, settings, log } = dependencies
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && clock() >= until) return log.warn('summary not finished in time', { requestId })
    const request = (round === 0 ? known.request : undefined) ?? (await store.getRequest(requestId))
    if (request === undefined) return log.warn('summary skipped: request not found', { requestId })
    if (request.askedAt === request.version) {
      // This changes the version, so a change that is scheduled from now on gets a summary of its own.
      await store.beginSummary(request)
      continue
    }
    const now = clock()
    const { summary, submissions, evidence, settlesAt } = await summaryFromStore(request, store, {
      now,
      settings,
      changed: known.changed,
    })
    await writeResultLinks(request, { summary, evidence }, store)
    const notBefore = now + settings.summariseEverySeconds * 1000
    const wantedAt = requestDueAt(request, { summary, submissions }, { notBefore, askedAhead, settlesAt })
    const dueAt = isNearEnough(request.dueAt, wantedAt, settings) ? request.dueAt : wantedAt
    if (isSameSummary(request.summary, summary) && request.dueAt === dueAt && request.reopened === undefined) return
    // A new due date alone does not count as a change of the request.
    const changedAt = isSameSummary(request.summary, summary) ? request.updatedAt : now
    if (await store.saveSummary(request, summary, { now: changedAt, dueAt })) {
      const { action, createdAt, version } = request
      const traceId = traceIdOf(request)
      const fields = { requestId, action, status: summary.status, version: version + 1, traceId }
      if (isFinalRequest(summary.status) && summary.status !== request.summary.status) {
        log.info('request completed', { ...fields, seconds: Math.round((now - createdAt) / 1000) })
      } else log.info('summary updated', fields)
      return
    }
  }
  throw new Error(`request ${requestId} changed in each of ${rounds} attempts to update its summary`)
}

/**
 * Whether the stored due date can stay: it is at most one lease later than wanted. Moving an entry of the due index costs
 * two writes. The initial date of an accepted request is such a date: one lease plus the time for results.
 */
const isNearEnough = (stored: number | undefined, wanted: number | undefined, { leaseSeconds }: Settings): boolean =>
  stored !== undefined && wanted !== undefined && stored >= wanted && stored <= wanted + leaseSeconds * 1000

function isSameSummary(a: Summary, b: Summary): boolean {
  return (
    a.status === b.status &&
    a.conflicts === b.conflicts &&
    a.awaitingDecision === b.awaitingDecision &&
    SubmissionState.options.every((state) => a.submissions[state] === b.submissions[state]) &&
    Buffer.compare(a.deviceStates, b.deviceStates) === 0
  )
}
