import { dueShards, type DueItem } from '../request/due-store.ts'
import { allDone, type Lanes } from './lanes.ts'
import { isInShare, ownerBeganAt } from './share.ts'
import type { Sweep } from './sweep-dependencies.ts'

export type ShardWork = {
  sweep: Sweep
  inLane: Lanes
  /** Works on an item. Never fails. */
  work: (item: DueItem) => Promise<void>
  /** Counts items that were read and are left to another sweep. */
  leave: (items: readonly DueItem[]) => void
}

export const everyShard: readonly number[] = Array.from({ length: dueShards }, (_, shard) => shard)

/**
 * Works on the due items of one shard, oldest first, several at once. It reads forward from page to page and never the
 * same entry twice, because the index is a moment behind and would list what was just done.
 */
export async function sweepShard(shard: number, { sweep, inLane, work, leave }: ShardWork): Promise<void> {
  const { store, clock, beganAt, lanes, pageItems } = sweep
  const isOwn = isInShare(shard, beganAt)
  const stopAt = beganAt + (isOwn ? sweep.shareMilliseconds : sweep.sweepMilliseconds)
  const read = (after?: DueItem) => store.listDueOf(shard, { before: clock(), limit: pageItems, after })
  const first = await read()
  const [oldest] = first
  if (oldest === undefined) return
  // Sweeps side by side would only read the same items. Fewer items are done at once, whoever comes.
  const isInHand = first.length >= pageItems && oldest.dueAt <= ownerBeganAt(shard, beganAt)
  if (isInHand && !isOwn) return leave(first)

  const due = itemsFrom(first)
  const lane = async () => {
    let isOpen = true
    while (isOpen) {
      isOpen = await inLane(async () => {
        const next = await due.next()
        if (next.done !== true) await work(next.value)
        return next.done !== true
      })
    }
  }
  await allDone(Array.from({ length: lanes }, lane))

  async function* itemsFrom(page: readonly DueItem[]): AsyncGenerator<DueItem, undefined> {
    for (let items = page; items.length > 0; items = await read(items.at(-1))) {
      for (const [at, item] of items.entries()) {
        if (clock() >= stopAt) {
          leave(items.slice(at))
          return
        }
        yield item
      }
      if (items.length < pageItems) return
    }
  }
}
