import type { Page, PageCall } from '../ports.ts'
import type { UpstreamName } from './result.ts'

/** An entry of the due index: an item that the sweep must look at, and since when (epoch milliseconds). */
export type DueItem =
  | { kind: 'request'; requestId: string; dueAt: number }
  | { kind: 'submission'; requestId: string; generation: string; submission: number; dueAt: number }
  | ({ kind: 'orphan'; dueAt: number } & UpstreamName)
  /** An item of no known kind. It is listed with its key, so that an operator can find it. */
  | { kind: 'unreadable'; pk: string; sk: string; dueAt: number }

/**
 * The number of shards of the due index. The id of an item decides its shard, so an item stays in it whatever its date.
 */
export const dueShards = 16

/** What to read of a shard: items that were due at `before`, at most `limit`, behind the item `after`. */
export type DuePage = { before: number; limit: number; after?: DueItem | undefined }

/** The index of all items with a due date. The sweep reads it. */
export type DueStore = {
  /** Lists items that are due, oldest first: at most `limit` of each shard. */
  listDue(now: number, limit: number): Promise<DueItem[]>
  /**
   * The shards with due items, by one cheap look at an index of at most `most` entries, due or not. Undefined if it has
   * more: then any shard may have due items.
   */
  findDueShards(now: number, most: number): Promise<number[] | undefined>
  /** Lists a page of the due items of one shard, oldest first. Fewer than `limit` items are the last ones. */
  listDueOf(shard: number, page: DuePage): Promise<DueItem[]>
  /** Moves the due date of an item without reading the item. An item that always fails must not block the others. */
  postponeDue(item: DueItem, dueAt: number): Promise<void>
  /** Lists submissions that wait for a decision, oldest first. */
  listAwaitingDecision(limit: number): Promise<DueItem[]>
  /** Lists orphans in no particular order, whether due or not. */
  listOrphans(limit: number): Promise<UpstreamName[]>
}

/** A submission that waits for a decision, as the index lists it. */
export type DecisionEntry = {
  requestId: string
  generation: string
  submission: number
  dueAt: number
  /** A cursor that continues the list behind this entry. */
  position: string
}

/** The list of all submissions that wait for a decision, of all accounts, longest waiting first. */
export type DecisionStore = {
  /** Reads a page from the index, which is a moment behind. */
  listDecisions(page: PageCall): Promise<Page<DecisionEntry>>
}
