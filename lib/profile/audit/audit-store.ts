import type { AuditEntry, AuditIntent, AuditOutcome } from './audit-entry.ts'

/** Part of one day (UTC) of the audit, newest first. `before` is the position of an entry, and excludes it. */
type AuditSlice = { day: string; before?: string | undefined; limit: number }

/** The audit as items of the table. Entries are only added, and expire after a retention period of their own. */
export type AuditStore = {
  /** Adds an intent. Throws if it could not be stored. */
  appendAudit(intent: AuditIntent): Promise<void>
  /** Adds the outcome of an intent, as an item of its own. */
  appendOutcome(intent: AuditName, outcome: AuditOutcome): Promise<void>
  /** Reads at most `limit` entries of a day. `more` says whether the day has older ones. */
  listAuditDay(slice: AuditSlice): Promise<{ entries: AuditEntry[]; more: boolean }>
}

/** Names an entry: its id and its time. */
export type AuditName = Pick<AuditIntent, 'id' | 'at'>

/** The position of an entry in the audit. Positions sort by time. */
export const auditPosition = ({ at, id }: AuditName): string => `${new Date(at).toISOString()}#${id}`
