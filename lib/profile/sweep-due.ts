import type { UpstreamStore } from './request/result-store.ts'
import type { SubmissionStore } from './request/submission-store.ts'
import type { RetentionStore } from './request/request-store.ts'
import { sendParts } from './submission/accept-request.ts'
import { adoptOrphan, type AdoptDependencies } from './callback/adopt-orphan.ts'
import { sendWorkMessage, type ForwardDependencies } from './submission/forward-submission.ts'
import { devicesPerPart } from './request/manifest.ts'
import { maskText } from './order/mask-text.ts'
import type { DueItem, DueStore } from './request/due-store.ts'
import { type ProfileRequest, missingSubmissions } from './request/request.ts'
import type { Submission } from './request/submission.ts'
import { isToBeAsked, type ReconcileDependencies, reconcileSubmission } from './status/ask-before-expiry.ts'
import { updateSummary, type UpdateSummaryDependencies } from './status/update-summary.ts'
import { withDecision } from './decision/with-decision.ts'
import { afterLeaseExpired } from './submission/attempt-transitions.ts'
import type { TransitionContext } from './submission/transitions.ts'
import {
  abandon,
  afterGrace,
  cancel,
  giveUp,
  isForgotten,
  workMessageSentAgain,
} from './submission/waiting-transitions.ts'

export type SweepDependencies = UpdateSummaryDependencies &
  AdoptDependencies &
  ReconcileDependencies &
  Pick<ForwardDependencies, 'queue' | 'random'> & {
    store: UpdateSummaryDependencies['store'] &
      AdoptDependencies['store'] &
      ReconcileDependencies['store'] &
      Pick<DueStore, 'listDue' | 'listAwaitingDecision' | 'postponeDue'> &
      Pick<RetentionStore, 'keepLonger'> &
      Pick<SubmissionStore, 'getSubmission' | 'saveSubmission' | 'listSubmissions'> &
      Pick<UpstreamStore, 'getOrphan' | 'postponeOrphan'>
    /** How long to go on taking up more; what is left is still due at the next sweep. */
    sweepMilliseconds: number
  }

const itemsOfEachShard = 100

/** What a sweep did, how late it was for what waited longest, and how many submissions wait for a person (1,000 at most). */
export type SweepCounts = { done: number; failed: number; lagSeconds: number; awaitingDecision: number }

const mostDecisions = 1000

/** What one sweep may still do. */
type Sweep = SweepDependencies & {
  /** When it takes up nothing more. */
  stopAt: number
  /** Until when ThingSpace may be asked for results; a peer that gives no answer is not asked again. */
  asking: { until: number }
}

/** The part of a sweep in which ThingSpace may be asked: one that hangs must not keep anything else waiting. */
const askingPart = 0.5

/**
 * Everything whose time has come: leases that ran out, retries nobody took up, grace periods that ended, large requests
 * to summarise, results that are overdue, orphans. One item that fails holds up no other, and none holds up the sweep.
 */
export async function sweepDue(dependencies: SweepDependencies): Promise<SweepCounts> {
  const { store, clock, log, sweepMilliseconds } = dependencies
  const stopAt = clock() + sweepMilliseconds
  const sweep: Sweep = { ...dependencies, stopAt, asking: { until: clock() + sweepMilliseconds * askingPart } }
  const counts = { done: 0, failed: 0, lagSeconds: 0 }
  const seen = new Set<string>()
  const work = async (item: DueItem) => {
    // The index lags a little behind the items, so what was just done may be listed once more.
    seen.add(nameOf(item))
    counts.lagSeconds = Math.max(counts.lagSeconds, Math.round((clock() - item.dueAt) / 1000))
    try {
      const outcome = await sweepItem(item, sweep)
      counts.done += 1
      if (outcome === 'gone') await putOff(item, goneSeconds, dependencies)
    } catch (error) {
      counts.failed += 1
      log.error('due item failed', { item: maskText(nameOf(item)), error })
      await putOff(item, failedSeconds, dependencies)
    }
  }
  while (clock() < stopAt) {
    const due = (await store.listDue(clock(), itemsOfEachShard)).filter((item) => !seen.has(nameOf(item)))
    if (due.length === 0) break
    for (const item of due) {
      if (clock() >= stopAt) break
      await work(item)
    }
  }
  const awaiting = await store.listAwaitingDecision(mostDecisions)
  for (const item of awaiting) if (item.dueAt <= clock() && clock() < stopAt) await work(item)
  return { ...counts, awaitingDecision: awaiting.length }
}

/** How long an item that failed is put off, so that it holds up no other. */
const failedSeconds = 300
/** What is past its date, or a remainder of an older request, is deleted by DynamoDB in its own time. */
const goneSeconds = 24 * 3600

/** What made an item fail may well keep it from being put off too; it is then due again in the next sweep. */
async function putOff(item: DueItem, seconds: number, { store, clock, log }: SweepDependencies): Promise<void> {
  try {
    await store.postponeDue(item, clock() + seconds * 1000)
  } catch (error) {
    log.error('due item not put off', { item: maskText(nameOf(item)), error })
  }
}

function nameOf(item: DueItem): string {
  switch (item.kind) {
    case 'request':
      return item.requestId
    case 'submission':
      return `${item.requestId}/${item.submission}`
    case 'orphan':
      return item.upstreamRequestId
    case 'unreadable':
      return `${item.pk} ${item.sk}`
  }
}

async function sweepItem(item: DueItem, sweep: Sweep): Promise<'done' | 'gone'> {
  const { store } = sweep
  switch (item.kind) {
    case 'unreadable':
      throw new Error('an item that nobody can act on is due')
    case 'request': {
      const request = await store.getRequest(item.requestId)
      if (request === undefined) return 'gone'
      await sweepRequest(request, sweep)
      return 'done'
    }
    case 'submission': {
      const request = await store.getRequest(item.requestId)
      if (request === undefined || request.generation !== item.generation) return 'gone'
      const submission = await store.getSubmission(request, item.submission)
      if (submission === undefined) return 'gone'
      await sweepSubmission(submission, request, sweep)
      return 'done'
    }
    case 'orphan': {
      const orphan = await store.getOrphan(item)
      if (orphan === undefined) return 'gone'
      await adoptOrphan(orphan, sweep)
      return 'done'
    }
  }
}

async function sweepRequest(request: ProfileRequest, sweep: Sweep): Promise<void> {
  const { store, clock, asking } = sweep
  const submissions = await store.listSubmissions(request)
  const missing = new Set(
    missingSubmissions(request, submissions).map((firstDevice) => Math.floor(firstDevice / devicesPerPart)),
  )
  if (request.cancelledAt === undefined && missing.size > 0) {
    await sendParts(request, Math.ceil(request.deviceCount / devicesPerPart), sweep, (part) => missing.has(part))
  }
  for (const submission of submissions) {
    if (clock() >= asking.until) break
    if (!isToBeAsked(submission, request, clock())) continue
    // What is left is asked in the next sweep, or expires by its deadline.
    if ((await reconcileSubmission(submission, request, sweep)) === 'no-answer') asking.until = clock()
  }
  await updateSummary(request.requestId, sweep, { until: sweep.stopAt })
}

async function sweepSubmission(
  submission: Submission,
  request: ProfileRequest,
  dependencies: SweepDependencies,
): Promise<void> {
  const { store, clock, random, settings, log } = dependencies
  const { action, accountName } = request
  const context: TransitionContext = { now: clock(), random, settings, action, accountName }
  if (submission.dueAt === undefined || submission.dueAt > context.now) return
  const next = sweptTo(submission, request, context)
  if (next === undefined) return
  // What nobody decided about has an end now, and that is to be read for as long as any other.
  if (next.state === 'abandoned') await store.keepLonger(request, context.now)
  const saved = await store.saveSubmission(next, submission)
  if (saved.kind === 'changed') return
  log.info('submission swept', {
    requestId: submission.requestId,
    submission: submission.submission,
    from: submission.state,
    to: next.state,
  })
  if (next.state === 'waiting' || next.state === 'queued') await sendWorkMessage(next, dependencies)
}

/** What a submission whose time has come turns into; nothing if there is nothing left to do. */
function sweptTo(submission: Submission, request: ProfileRequest, context: TransitionContext): Submission | undefined {
  switch (submission.state) {
    case 'queued':
    case 'waiting':
      if (request.cancelledAt !== undefined) return cancel(submission, context)
      return isForgotten(submission, context) ? giveUp(submission, context) : workMessageSentAgain(submission, context)
    case 'submitting':
      return afterLeaseExpired(submission, context)
    case 'unconfirmed':
      return submission.awaitsDecision === true
        ? withDecision(abandon(submission, context.now), { at: context.now, by: 'gateway', what: 'abandon' })
        : afterGrace(submission, context)
    case 'submitted':
    case 'rejected':
    case 'exhausted':
    case 'cancelled':
    case 'abandoned':
      return undefined
  }
}
