import type { DeviceStore } from '../request/device-link.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { ResultStore } from '../request/result-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import { inParallel } from '../../parallel.ts'
import { type ComputedSummary, computeSummary, isSettled, isTold, requestDueAt } from './summary.ts'
import type { Clock, Log } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import type { Settings } from '../request/settings.ts'
import { SubmissionState, isFinalRequest } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import type { Summary } from '../request/summary.ts'
import { type NewEvidence, writeResultLinks } from './result-links.ts'
import { askedAhead } from './ask-before-expiry.ts'

export type UpdateSummaryDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices' | 'saveSummary' | 'beginSummary' | 'askForSummary'> &
    Pick<SubmissionStore, 'getSubmission' | 'listSubmissions'> &
    Pick<ResultStore, 'listResults'> &
    Pick<DeviceStore, 'writeLinks'>
  clock: Clock
  settings: Settings
  log: Log
}

/** Submissions with new results, and when the first of these was received, in epoch milliseconds. */
export type Changed = ReadonlyMap<number, number>

/** A summary that loses this often to others has been done by them. */
const rounds = 5

/**
 * Whoever has changed something that a summary depends on calls this. A small request is summarised at once. A large one would
 * be read whole for each of its 10,000 results, so the sweep is asked to summarise it; no summary that began before can take
 * that wish away.
 * @param changed submissions that have new results, and when the first of these was received.
 */
export async function updateOrScheduleSummary(
  requestId: string,
  changed: Changed,
  dependencies: UpdateSummaryDependencies,
): Promise<void> {
  const { store, clock, settings } = dependencies
  for (let round = 0; round < rounds; round += 1) {
    const request = await store.getRequest(requestId)
    if (request === undefined) return
    if (request.deviceCount <= settings.summariseAtOnceUpTo)
      return updateSummary(requestId, dependencies, { request, changed })
    const reopened = await settledAmong(changed, request, store)
    // Nobody has begun to summarise since somebody asked, so whoever begins will see this change too.
    if (request.askedAt === request.version && reopened.size === 0) return
    const soon = clock() + settings.summariseEverySeconds * 1000
    if (await store.askForSummary(request, { dueAt: Math.min(request.dueAt ?? soon, soon), reopened })) return
  }
  throw new Error(`request ${requestId} changed under every one of ${rounds} attempts to schedule its summary`)
}

/** Changed submissions that summaries would leave out, because everything about them was told. */
async function settledAmong(
  changed: Changed,
  request: ProfileRequest,
  store: UpdateSummaryDependencies['store'],
): Promise<Set<number>> {
  const settled = new Set<number>()
  const news = [...changed.keys()].filter(
    (each) => isTold(request.summary, each) && request.reopened?.has(each) !== true,
  )
  await inParallel(news, async (each) => {
    const submission = await store.getSubmission(request, each)
    if (submission !== undefined && isSettled(request.summary, submission)) settled.add(each)
  })
  return settled
}

type Known = {
  /** The request, from whoever has read it a moment ago. */
  request?: ProfileRequest
  changed?: Changed
  until?: number
}

/**
 * Folds submissions and results into the request's stored status. Reads everything, computes anew, writes only what
 * changed, fenced by the request's version; processing it any number of times equals once.
 * Past `until` it begins no further round: the request is still due.
 */
export async function updateSummary(
  requestId: string,
  dependencies: UpdateSummaryDependencies,
  { until = Number.POSITIVE_INFINITY, ...known }: Known = {},
): Promise<void> {
  const { store, clock, settings, log } = dependencies
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && clock() >= until) return log.warn('summary not finished in time', { requestId })
    const request = (round === 0 ? known.request : undefined) ?? (await store.getRequest(requestId))
    if (request === undefined) return log.warn('nothing to settle: the request is gone', { requestId })
    if (request.askedAt === request.version) {
      // From here on, whoever asks again is not answered by this summary.
      await store.beginSummary(request)
      continue
    }
    const now = clock()
    const { summary, submissions, evidence, settlesAt } = await summaryFromStore(request, store, {
      now,
      settings,
      changed: known.changed,
    })
    await writeResultLinks(request, summary, evidence, store)
    const wantedAt = requestDueAt(request, summary, submissions, {
      notBefore: now + settings.summariseEverySeconds * 1000,
      askedAhead,
      settlesAt,
    })
    const dueAt = isNearEnough(request.dueAt, wantedAt, settings) ? request.dueAt : wantedAt
    if (isSameSummary(request.summary, summary) && request.dueAt === dueAt && request.reopened === undefined) return
    // A date alone is no change of the request.
    const changedAt = isSameSummary(request.summary, summary) ? request.updatedAt : now
    if (await store.saveSummary(request, summary, { now: changedAt, dueAt })) {
      const { action, createdAt, version } = request
      const fields = { requestId, action, status: summary.status, version: version + 1 }
      if (isFinalRequest(summary.status) && summary.status !== request.summary.status) {
        log.info('request completed', { ...fields, seconds: Math.round((now - createdAt) / 1000) })
      } else log.info('summary updated', fields)
      return
    }
  }
  throw new Error(`request ${requestId} changed under every one of ${rounds} summaries`)
}

/**
 * A date that stands and is a little late is left: to move an entry of the due index costs two writes. Its date from the
 * beginning, a lease and the results' time away, is such a one once ThingSpace has the request.
 */
const isNearEnough = (stored: number | undefined, wanted: number | undefined, { leaseSeconds }: Settings): boolean =>
  stored !== undefined && wanted !== undefined && stored >= wanted && stored <= wanted + leaseSeconds * 1000

/** What a summary weighs evidence by. */
export type SummaryMoment = {
  now: number
  settings: Pick<Settings, 'otherProfileSeconds'>
  /** Submissions to be read again although everything about them was told. */
  changed?: Changed | undefined
}

/** The summary of a request as the store has it at this moment. */
export async function summaryFromStore(
  request: ProfileRequest,
  store: Pick<SubmissionStore, 'listSubmissions'> & Pick<RequestStore, 'getDevices'> & Pick<ResultStore, 'listResults'>,
  { now, settings, changed }: SummaryMoment,
): Promise<ComputedSummary & { submissions: Submission[]; evidence: NewEvidence[] }> {
  const submissions = await store.listSubmissions(request)
  const isReopened = (number: number) => request.reopened?.has(number) === true || changed?.has(number) === true
  const unsettled = submissions.filter(
    (each) => each.upstreamRequestIds.length > 0 && (!isSettled(request.summary, each) || isReopened(each.submission)),
  )
  const results = await resultsOf(request, unsettled, store)
  const devices = unsettled.length === 0 ? [] : await store.getDevices(request, 0, request.deviceCount)
  const evidence = new Map(
    unsettled.map(({ submission, firstDevice, deviceCount, decisions = [] }) => [
      submission,
      {
        firstDevice,
        decisions,
        devices: devices.slice(firstDevice, firstDevice + deviceCount),
        results: results.get(submission) ?? [],
        // Whoever summaries without being told of new results knows those that came after the last summary.
        newsFrom: changed?.get(submission) ?? request.updatedAt + 1,
      },
    ]),
  )
  const computed = computeSummary(request, submissions, ({ submission }) => evidence.get(submission), {
    now,
    otherProfileMilliseconds: settings.otherProfileSeconds * 1000,
  })
  return { ...computed, submissions, evidence: [...evidence.values()] }
}

/** The results of several submissions, by submission number. */
export async function resultsOf(
  { accountName }: Pick<ProfileRequest, 'accountName'>,
  submissions: readonly Submission[],
  store: Pick<ResultStore, 'listResults'>,
): Promise<Map<number, Result[]>> {
  const results = new Map<number, Result[]>()
  await inParallel(submissions, async ({ submission, upstreamRequestIds }) => {
    const found = await Promise.all(
      upstreamRequestIds.map((upstreamRequestId) => store.listResults({ accountName, upstreamRequestId })),
    )
    results.set(submission, found.flat())
  })
  return results
}

function isSameSummary(a: Summary, b: Summary): boolean {
  return (
    a.status === b.status &&
    a.conflicts === b.conflicts &&
    a.awaitingDecision === b.awaitingDecision &&
    SubmissionState.options.every((state) => a.submissions[state] === b.submissions[state]) &&
    Buffer.compare(a.deviceStates, b.deviceStates) === 0
  )
}
