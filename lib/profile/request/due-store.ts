import type { UpstreamName } from './result.ts'

/** Something whose time has come, as the due index names it. */
export type DueItem =
  | { kind: 'request'; requestId: string; dueAt: number }
  | { kind: 'submission'; requestId: string; generation: string; submission: number; dueAt: number }
  | ({ kind: 'orphan'; dueAt: number } & UpstreamName)
  /** Something that has no business being due; named so that it can be looked at. */
  | { kind: 'unreadable'; pk: string; sk: string; dueAt: number }

export type DueStore = {
  /** What is due, oldest first, from all shards; at most `limit` of each. */
  listDue(now: number, limit: number): Promise<DueItem[]>
  /** Puts a due item off without reading it: what fails again and again must not stand before all others. */
  postponeDue(item: DueItem, dueAt: number): Promise<void>
  /** What waits for a person's decision, oldest first. */
  listAwaitingDecision(limit: number): Promise<DueItem[]>
  /** Upstream request ids that nobody knows, whenever they are looked at next; in no order. */
  listOrphans(limit: number): Promise<UpstreamName[]>
}
