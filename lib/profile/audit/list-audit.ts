import type { Clock, Page } from '../ports.ts'
import type { AuditEntry } from './audit-entry.ts'
import { auditPosition, type AuditStore } from './audit-store.ts'

/** Which entries to list. `from` and `to` are in epoch milliseconds and inclusive. */
export type AuditFilter = {
  from: number
  to: number
  accountName?: string | undefined
  /** The accounts that the caller may see. Entries without an account concern the whole gateway. */
  accounts?: readonly string[] | undefined
  actor?: string | undefined
  subject?: string | undefined
}

/** Most calls of the store for one page. A page with fewer rows than its limit still has a cursor if more may follow. */
const mostReads = 31
const rowsPerRead = 100
const dayMilliseconds = 86_400_000

const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10)

/** The shape of a cursor: a day that is to be read next, or the position of an entry. */
export const auditCursor = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z#[\w-]{1,64})?$/

/**
 * Lists the audit, newest first, day by day. A page makes at most 31 queries, so with a narrow filter it may be empty
 * and still have a cursor.
 */
export async function listAudit(
  filter: AuditFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  { store, clock }: { store: Pick<AuditStore, 'listAuditDay'>; clock: Clock },
): Promise<Page<AuditEntry>> {
  // Nothing is recorded in the future. Clock skew may be a little ahead.
  const newest = Math.min(filter.to, clock() + dayMilliseconds)
  const firstDay = dayOf(filter.from)
  const rows: AuditEntry[] = []
  let day = cursor?.slice(0, 10) ?? dayOf(newest)
  let before = cursor?.includes('#') === true ? cursor : undefined
  for (let reads = 0; day >= firstDay; reads += 1) {
    if (reads >= mostReads) return { rows, cursor: before ?? day }
    const { entries, more } = await store.listAuditDay({ day, before, limit: rowsPerRead })
    for (const entry of entries) {
      before = auditPosition(entry)
      if (!fits(entry, filter)) continue
      rows.push(entry)
      if (rows.length >= limit) return { rows, cursor: before }
    }
    // If all that was read has expired, so has the rest of the day.
    if (more && entries.length > 0) continue
    day = dayOf(Date.parse(day) - dayMilliseconds)
    before = undefined
  }
  return { rows }
}

function fits(entry: AuditEntry, { from, to, accountName, accounts, actor, subject }: AuditFilter): boolean {
  return (
    entry.at >= from &&
    entry.at <= to &&
    (accountName === undefined || entry.accountName === accountName) &&
    (accounts === undefined || (entry.accountName !== undefined && accounts.includes(entry.accountName))) &&
    (actor === undefined || entry.actor === actor) &&
    (subject === undefined || entry.subject === subject)
  )
}
