import { maskForLog } from '../order/mask-for-log.ts'
import type { DueItem } from '../request/due-store.ts'
import type { Sweep, SweepDependencies } from './sweep-dependencies.ts'
import { sweepItem } from './sweep-item.ts'

/** The result of one sweep. `lagSeconds` is how late the most overdue item was processed. */
export type SweepCounts = {
  done: number
  failed: number
  lagSeconds: number
  /** Number of submissions that await a decision, at most 1,000. */
  awaitingDecision: number
}

const itemsPerShard = 100
const mostDecisions = 1000

/** The share of a sweep in which ThingSpace may be asked, so that slow responses cannot delay all other items. */
const askingShare = 0.5

/** How long a failed item is postponed, so that it does not block the others. */
const failedSeconds = 300
/** How long an index entry without its item is postponed. DynamoDB deletes expired items within a few days. */
const goneSeconds = 24 * 3600

/**
 * Processes everything that is due, oldest first: expired leases, work messages that were lost, grace periods that ended,
 * summaries of large requests, results that are about to expire or overdue, and orphans. The sweep-due function calls it
 * every minute. A failing item is logged and postponed. Items left at the end of the time are due in the next sweep.
 */
export async function sweepDue(dependencies: SweepDependencies): Promise<SweepCounts> {
  const { store, clock, log, sweepMilliseconds } = dependencies
  const stopAt = clock() + sweepMilliseconds
  const sweep: Sweep = { ...dependencies, stopAt, asking: { until: clock() + sweepMilliseconds * askingShare } }
  const counts = { done: 0, failed: 0, lagSeconds: 0 }
  const seen = new Set<string>()
  const work = async (item: DueItem) => {
    // The index is eventually consistent, so it may list a processed item again.
    seen.add(nameOf(item))
    counts.lagSeconds = Math.max(counts.lagSeconds, Math.round((clock() - item.dueAt) / 1000))
    try {
      const outcome = await sweepItem(item, sweep)
      counts.done += 1
      if (outcome === 'gone') await postpone(item, goneSeconds, dependencies)
    } catch (error) {
      counts.failed += 1
      log.error('due item failed', { item: maskForLog(nameOf(item)), error })
      await postpone(item, failedSeconds, dependencies)
    }
  }
  while (clock() < stopAt) {
    const due = (await store.listDue(clock(), itemsPerShard)).filter((item) => !seen.has(nameOf(item)))
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

/** Postpones an item. If this fails too, the item is due again in the next sweep. */
async function postpone(item: DueItem, seconds: number, { store, clock, log }: SweepDependencies): Promise<void> {
  try {
    await store.postponeDue(item, clock() + seconds * 1000)
  } catch (error) {
    log.error('due item not postponed', { item: maskForLog(nameOf(item)), error })
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
