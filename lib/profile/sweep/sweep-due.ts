import { maskForLog } from '../order/mask-for-log.ts'
import type { DueItem } from '../request/due-store.ts'
import { createAsking } from './asking.ts'
import { allDone, createLanes } from './lanes.ts'
import type { Sweep, SweepDependencies } from './sweep-dependencies.ts'
import { sweepItem } from './sweep-item.ts'
import { everyShard, sweepShard } from './sweep-shard.ts'

/** The result of one sweep. */
export type SweepCounts = {
  done: number
  failed: number
  /** Due items that the sweep read and left to another sweep. There may be more behind them. */
  left: number
  /** How late the most overdue item was, whether it was processed or left. */
  lagSeconds: number
  /** Number of submissions that await a decision, at most 1,000. */
  awaitingDecision: number
}

const mostDecisions = 1000

/** The share of its time in which a sweep may ask ThingSpace, so that slow responses cannot delay all other items. */
const askingShare = 0.5

/** How long a failed item is postponed, so that it does not block the others. */
const failedSeconds = 300
/** How long an index entry without its item is postponed. DynamoDB deletes expired items within a few days. */
const goneSeconds = 24 * 3600

/**
 * Processes everything that is due: expired leases, work messages that were lost, grace periods that ended, summaries of
 * large requests, results that are about to expire or overdue, and orphans. The sweep-due function calls it every minute.
 * All shards are worked on at once. A failing item is logged and postponed. Under load a sweep goes on with its share of
 * the shards while the next ones begin with theirs (share.ts). Two sweeps that meet at an item do nothing twice, because
 * every write is conditional on what was read.
 */
export async function sweepDue(dependencies: SweepDependencies): Promise<SweepCounts> {
  const { store, clock, log, sweepMilliseconds } = dependencies
  const beganAt = clock()
  const stopAt = beganAt + sweepMilliseconds
  const sweep: Sweep = {
    ...dependencies,
    beganAt,
    asking: createAsking(beganAt + sweepMilliseconds * askingShare, clock),
  }
  const counts = { done: 0, failed: 0, left: 0, lagSeconds: 0 }
  const seen = new Set<string>()
  const isLate = ({ dueAt }: DueItem) => {
    counts.lagSeconds = Math.max(counts.lagSeconds, Math.round((clock() - dueAt) / 1000))
  }
  const leave = (items: readonly DueItem[]) => {
    counts.left += items.length
    items.forEach(isLate)
  }
  const work = async (item: DueItem) => {
    // An item that is due again within one sweep waits for the next.
    if (seen.has(nameOf(item))) return
    seen.add(nameOf(item))
    isLate(item)
    try {
      const outcome = await sweepItem(item, sweep)
      if (outcome !== 'not-due') counts.done += 1
      if (outcome === 'gone') await postpone(item, goneSeconds, dependencies)
    } catch (error) {
      counts.failed += 1
      log.error('due item failed', { item: maskForLog(nameOf(item)), error })
      await postpone(item, failedSeconds, dependencies)
    }
  }
  let awaitingDecision = 0
  const sweepDecisions = async () => {
    const awaiting = await store.listAwaitingDecision(mostDecisions)
    awaitingDecision = awaiting.length
    for (const item of awaiting) if (item.dueAt <= clock() && clock() < stopAt) await work(item)
  }

  const inLane = createLanes(sweep.lanes)
  // A shard that cannot be read stops no other. The sweep fails when the others are done, so that its alarm rings.
  const sweepShards = async () => {
    const shards = (await store.findDueShards(beganAt, sweep.probedItems)) ?? everyShard
    await allDone(shards.map((shard) => sweepShard(shard, { sweep, inLane, work, leave })))
  }
  await allDone([sweepDecisions(), sweepShards()])
  return { ...counts, awaitingDecision }
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
