import * as z from 'zod/mini'
import { type AuditEntryView, viewAuditEntry } from '../../profile/audit/audit-view.ts'
import type { AuditStore } from '../../profile/audit/audit-store.ts'
import { auditCursor, listAudit } from '../../profile/audit/list-audit.ts'
import type { Clock } from '../../profile/ports.ts'
import type { ApiAnswer } from '../api-call.ts'
import { type Caller, requireAccount } from '../caller.ts'
import { cursorText, largestListPage, listLimit, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { csvCell } from '../requests/csv-cell.ts'
import { chooseTableFormat } from './table-format.ts'

const text = z.optional(z.string().check(z.minLength(1), z.maxLength(500)))
const instant = z.optional(
  z.iso.datetime({ offset: true, error: 'must be a date and time, such as 2026-11-28T08:00:00Z' }),
)

export const AuditQuery = z.strictObject({
  from: instant,
  to: instant,
  accountName: text,
  actor: text,
  subject: text,
  limit: listLimit,
  cursor: z.optional(cursorText),
})

export type ShowAuditDependencies = {
  store: Pick<AuditStore, 'listAuditDay'>
  /** The retention of the audit. Without `from`, the list goes back so far. */
  auditRetainSeconds: number
  clock: Clock
}

/** GET /v1/operate/audit: who decided or changed what, and when, newest first. JSON or CSV. */
export async function showAudit(
  caller: Caller,
  { query, accept }: { query: Readonly<Record<string, string | undefined>> | undefined; accept: string | undefined },
  { store, auditRetainSeconds, clock }: ShowAuditDependencies,
): Promise<ApiAnswer> {
  const format = chooseTableFormat(accept)
  const { limit, cursor, from, to, accountName, actor, subject } = readParameters(AuditQuery, query)
  if (accountName !== undefined) requireAccount(caller, accountName)
  const filters = { list: 'audit', from, to, accountName, actor, subject }
  const { rows, ...page } = await listAudit(
    {
      from: from === undefined ? clock() - auditRetainSeconds * 1000 : Date.parse(from),
      to: to === undefined ? clock() : Date.parse(to),
      accountName,
      actor,
      subject,
      accounts: caller.accounts,
    },
    {
      limit: Math.min(limit, largestListPage),
      cursor: cursor === undefined ? undefined : openCursor(cursor, filters, auditCursor),
    },
    { store, clock },
  )
  const nextCursor = page.cursor === undefined ? null : sealCursor(page.cursor, filters)
  const items = rows.map(viewAuditEntry)
  const headers: Record<string, string> = nextCursor === null ? {} : { link: linkOf({ ...query, cursor: nextCursor }) }
  return format === 'json'
    ? { status: 200, headers, body: { items, nextCursor } }
    : { status: 200, headers: { ...headers, 'content-type': 'text/csv; charset=utf-8' }, body: tableOf(items) }
}

function linkOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value)
  return `</v1/operate/audit?${given.toString()}>; rel="next"`
}

const columns = [
  'at',
  'act',
  'actor',
  'via',
  'identity',
  'host',
  'accountName',
  'subject',
  'result',
  'endedAt',
  'detail',
  'outcome',
] as const

function tableOf(items: readonly AuditEntryView[]): string {
  const lines = items.map((item) =>
    columns
      .map((column) => {
        const value = item[column]
        return csvCell(typeof value === 'object' && value !== null ? JSON.stringify(value) : value)
      })
      .join(','),
  )
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('')
}
