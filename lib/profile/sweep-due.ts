import { sendParts } from './accept-request.ts'
import { adoptOrphan, type AdoptDependencies } from './adopt-orphan.ts'
import { sendPointer, type ForwardDependencies } from './forward-submission.ts'
import { devicesPerPart } from './manifest.ts'
import { maskText } from './mask-text.ts'
import type { DueItem, Store } from './ports.ts'
import { missingSubmissions, type ProfileRequest, type Submission } from './request.ts'
import { isToBeAsked, type ReconcileDependencies, reconcileSubmission } from './reconcile-submission.ts'
import { settleRequest, type SettleDependencies } from './settle-request.ts'
import { noted } from './manage-request.ts'
import {
  abandon,
  afterGrace,
  afterLeaseExpired,
  cancel,
  type Circumstances,
  pointerSentAgain,
} from './submission-states.ts'

export type SweepDependencies = SettleDependencies &
  AdoptDependencies &
  ReconcileDependencies &
  Pick<ForwardDependencies, 'queue' | 'random'> & {
    store: SettleDependencies['store'] &
      AdoptDependencies['store'] &
      ReconcileDependencies['store'] &
      Pick<
        Store,
        | 'listDue'
        | 'keepLonger'
        | 'listAwaitingDecision'
        | 'postponeDue'
        | 'getSubmission'
        | 'saveSubmission'
        | 'listSubmissions'
        | 'getOrphan'
        | 'postponeOrphan'
      >
    /** How long to go on taking up more; what is left is still due at the next sweep. */
    sweepMilliseconds: number
  }

const itemsOfEachShard = 100

/** What a sweep did, how late it was for what waited longest, and how many submissions wait for a person (1,000 at most). */
export type SweepCounts = { done: number; failed: number; lagSeconds: number; awaitingDecision: number }

const mostDecisions = 1000

/**
 * Everything whose time has come: leases that ran out, retries nobody took up, grace periods that ended, large requests
 * to fold, results that are overdue, orphans. One item that fails holds up no other.
 */
export async function sweepDue(dependencies: SweepDependencies): Promise<SweepCounts> {
  const { store, clock, log, sweepMilliseconds } = dependencies
  const stopAt = clock() + sweepMilliseconds
  const counts = { done: 0, failed: 0, lagSeconds: 0 }
  const seen = new Set<string>()
  const work = async (item: DueItem) => {
    // The index lags a little behind the items, so what was just done may be listed once more.
    seen.add(nameOf(item))
    counts.lagSeconds = Math.max(counts.lagSeconds, Math.round((clock() - item.dueAt) / 1000))
    try {
      await sweepItem(item, dependencies)
      counts.done += 1
    } catch (error) {
      counts.failed += 1
      log.error('due item failed', { item: maskText(nameOf(item)), error })
      await putOff(item, dependencies)
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
const putOffSeconds = 300

/** What made an item fail may well keep it from being put off too; it is then due again in the next sweep. */
async function putOff(item: DueItem, { store, clock, log }: SweepDependencies): Promise<void> {
  try {
    await store.postponeDue(item, clock() + putOffSeconds * 1000)
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

async function sweepItem(item: DueItem, dependencies: SweepDependencies): Promise<void> {
  const { store } = dependencies
  switch (item.kind) {
    case 'unreadable':
      throw new Error('an item that nobody can act on is due')
    case 'request':
      return sweepRequest(item.requestId, dependencies)
    case 'submission': {
      const request = await store.getRequest(item.requestId)
      const submission = await store.getSubmission(item.requestId, item.submission)
      if (request === undefined || submission === undefined) return
      return sweepSubmission(submission, request, dependencies)
    }
    case 'orphan': {
      const orphan = await store.getOrphan(item.upstreamRequestId)
      if (orphan === undefined) return
      const requestId = await adoptOrphan(orphan, dependencies)
      if (requestId !== undefined) await settleRequest(requestId, dependencies)
    }
  }
}

/** Status calls of one request in one sweep; what is left is asked in the next, a fold interval later. */
const askedPerSweep = 50

async function sweepRequest(requestId: string, dependencies: SweepDependencies): Promise<void> {
  const { store, clock } = dependencies
  const request = await store.getRequest(requestId)
  if (request === undefined) return
  const submissions = await store.listSubmissions(requestId)
  const missing = new Set(
    missingSubmissions(request, submissions).map((firstDevice) => Math.floor(firstDevice / devicesPerPart)),
  )
  if (request.cancelledAt === undefined && missing.size > 0) {
    await sendParts(request, Math.ceil(request.deviceCount / devicesPerPart), dependencies, (part) => missing.has(part))
  }
  const toBeAsked = submissions.filter((submission) => isToBeAsked(submission, request, clock()))
  for (const submission of toBeAsked.slice(0, askedPerSweep))
    await reconcileSubmission(submission, request, dependencies)
  await settleRequest(requestId, dependencies)
}

async function sweepSubmission(
  submission: Submission,
  request: ProfileRequest,
  dependencies: SweepDependencies,
): Promise<void> {
  const { store, clock, random, settings, log } = dependencies
  const { action, accountName } = request
  const circumstances: Circumstances = { now: clock(), random, settings, action, accountName }
  if (submission.dueAt === undefined || submission.dueAt > circumstances.now) return
  const next = sweptTo(submission, request, circumstances)
  if (next === undefined) return
  // What nobody decided about has an end now, and that is to be read for as long as any other.
  if (next.state === 'abandoned') await store.keepLonger(request.requestId, circumstances.now)
  const saved = await store.saveSubmission(next, submission)
  if (saved.kind === 'changed') return
  log.info('submission swept', {
    requestId: submission.requestId,
    submission: submission.submission,
    from: submission.state,
    to: next.state,
  })
  if (next.state === 'waiting' || next.state === 'queued') await sendPointer(next, dependencies)
}

/** What a submission whose time has come turns into; nothing if there is nothing left to do. */
function sweptTo(
  submission: Submission,
  request: ProfileRequest,
  circumstances: Circumstances,
): Submission | undefined {
  switch (submission.state) {
    case 'queued':
    case 'waiting':
      return request.cancelledAt === undefined
        ? pointerSentAgain(submission, circumstances)
        : cancel(submission, circumstances)
    case 'submitting':
      return afterLeaseExpired(submission, circumstances)
    case 'unconfirmed':
      return submission.awaitsDecision === true
        ? noted(abandon(submission, circumstances.now), { at: circumstances.now, by: 'gateway', what: 'abandon' })
        : afterGrace(submission, circumstances)
    case 'submitted':
    case 'rejected':
    case 'exhausted':
    case 'cancelled':
    case 'abandoned':
      return undefined
  }
}
