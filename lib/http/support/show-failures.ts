import * as z from 'zod/mini'
import { FailedStatus } from '../../profile/failure/failure.ts'
import { type FailureView, viewFailure } from '../../profile/failure/failure-view.ts'
import { listFailures, type ListFailuresDependencies } from '../../profile/failure/list-failures.ts'
import { ActionName } from '../../profile/order/action-names.ts'
import { IdentifierKind, idOf } from '../../profile/order/identifiers.ts'
import type { Clock } from '../../profile/ports.ts'
import { accountOf, accountParameter, instant } from '../account-list.ts'
import type { ApiAnswer } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { cursorText, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { csvLine } from '../requests/csv-cell.ts'
import { chooseFormat, type Format } from '../requests/device-formats.ts'

/** Query of GET /v1/failures. `code=none` asks for failures without a code. */
export const FailuresQuery = z.strictObject({
  accountName: accountParameter,
  from: z.optional(instant),
  to: z.optional(instant),
  action: z.optional(ActionName),
  status: z.optional(FailedStatus),
  code: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  limit: z._default(z.coerce.number().check(z.int(), z.positive()), 100),
  cursor: z.optional(cursorText),
})

export type ShowFailuresDependencies = ListFailuresDependencies & { clock: Clock }

/** A failure takes at most 1 KB, so a page stays below Lambda's limit. */
const largestPage = 1000

const day = 86_400_000
/** Without `from`, lists begin so long before their end. */
export const usualRange = 7 * day

/** The end of a range. Nothing fails in the future, so lists do not look there. */
export const endOf = (to: number | undefined, now: number): number => Math.min(to ?? now + 1, now + 1)

/** The shape of a place in the list: a day, or a failure. */
const placed = /^\d{4}-\d\d-\d\d(~|T[\d:.]{12}Z(#[\w-]{1,64}#\d{5})?)$/

/** GET /v1/failures: devices that failed or expired, newest first, as JSON, CSV or NDJSON. */
export async function showFailures(
  caller: Caller,
  { query, accept }: { query: unknown; accept: string | undefined },
  dependencies: ShowFailuresDependencies,
): Promise<ApiAnswer> {
  const { cursor, limit, accountName: named, from, to, ...filters } = readParameters(FailuresQuery, query)
  const format = chooseFormat(accept)
  const accountName = accountOf(caller, named)
  const end = endOf(to, dependencies.clock())
  const list = { failuresOf: accountName, from, to, ...filters }
  const page = await listFailures(
    accountName,
    { from: from ?? Math.max(0, end - usualRange), to: end, ...filters },
    {
      limit: Math.min(limit, largestPage),
      cursor: cursor === undefined ? undefined : openCursor(cursor, list, placed),
    },
    dependencies,
  )
  const next = page.cursor === undefined ? undefined : sealCursor(page.cursor, list)
  const link = new URLSearchParams({ accountName })
  for (const [name, value] of Object.entries({ ...filters, from: iso(from), to: iso(to), limit, cursor: next })) {
    if (value !== undefined) link.set(name, String(value))
  }
  const headers = next === undefined ? {} : { link: `</v1/failures?${link.toString()}>; rel="next"` }
  return answerIn(format, page.rows.map(viewFailure), { headers, next })
}

const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString())

function answerIn(
  format: Format,
  rows: readonly FailureView[],
  { headers, next }: { headers: Record<string, string>; next: string | undefined },
): ApiAnswer {
  switch (format) {
    case 'json':
      return { status: 200, headers, body: { items: rows, nextCursor: next ?? null } }
    case 'ndjson': {
      const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
      return { status: 200, headers: { ...headers, 'content-type': 'application/x-ndjson' }, body }
    }
    case 'csv':
      return {
        status: 200,
        headers: { ...headers, 'content-type': 'text/csv; charset=utf-8' },
        body: failuresCsv(rows),
      }
  }
}

type Column = readonly [name: string, read: (row: FailureView) => string | number | null | undefined]

/** New columns must be added at the end, because readers may rely on positions. */
const columns: readonly Column[] = [
  ['at', (row) => row.at],
  ['requestId', (row) => row.requestId],
  ['position', (row) => row.position],
  ['action', (row) => row.action],
  ['status', (row) => row.status],
  ['final', (row) => String(row.final)],
  ['code', (row) => row.code],
  ['message', (row) => row.message],
  ['accountName', (row) => row.accountName],
  ...IdentifierKind.options.map((kind): Column => [kind, (row) => idOf(row.deviceIds, kind)]),
]

/** Writes failures as CSV (RFC 4180) with a line of headings. */
export const failuresCsv = (rows: readonly FailureView[]): string =>
  [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, read]) => read(row)))].map(csvLine).join('')
