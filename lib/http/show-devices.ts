import * as z from 'zod/mini'
import { IdentifierKind, idOf } from '../profile/identifiers.ts'
import { listDevices, type ListDevicesDependencies } from '../profile/list-devices.ts'
import { DeviceStatus, type ProfileRequest } from '../profile/request.ts'
import type { DeviceView } from '../profile/request-view.ts'
import type { ApiAnswer } from './api-handler.ts'
import { chooseFormat, type Format } from './device-formats.ts'
import { openCursor, sealCursor } from './page-cursor.ts'
import { readParameters } from './parameters.ts'

const largestPage: Readonly<Record<Format, number>> = { json: 1000, csv: 10_000, ndjson: 10_000 }

/** A larger limit than we serve is capped, not refused. */
export const DevicesQuery = z.strictObject({
  status: z.optional(DeviceStatus),
  limit: z.optional(z.coerce.number().check(z.int(), z.positive())),
  cursor: z.optional(z.string()),
})

/** The devices of a request in its order, as JSON, CSV or NDJSON. */
export async function showDevices(
  request: ProfileRequest,
  query: unknown,
  accept: string | undefined,
  dependencies: ListDevicesDependencies,
): Promise<ApiAnswer> {
  const { status, limit, cursor } = readParameters(DevicesQuery, query)
  const format = chooseFormat(accept)
  const filters = { devicesOf: request.requestId, status }
  const page = await listDevices(
    request,
    {
      from: cursor === undefined ? 0 : positionOf(openCursor(cursor, filters)),
      limit: Math.min(limit ?? (format === 'json' ? 100 : largestPage[format]), largestPage[format]),
      ...(status === undefined ? {} : { status }),
    },
    dependencies,
  )
  const next = page.cursor === undefined ? undefined : sealCursor(page.cursor, filters)
  const link = new URLSearchParams()
  for (const [name, value] of Object.entries({ status, limit, cursor: next })) {
    if (value !== undefined) link.set(name, String(value))
  }
  return answerIn(format, page.rows, next, `/v1/requests/${request.requestId}/devices?${link.toString()}`)
}

/** A cursor of ours is a position; a forged one that is none has nothing to show. */
const positionOf = (cursor: string): number => (/^\d{1,5}$/.test(cursor) ? Number(cursor) : Number.MAX_SAFE_INTEGER)

function answerIn(format: Format, rows: DeviceView[], next: string | undefined, link: string): ApiAnswer {
  const headers = next === undefined ? {} : { link: `<${link}>; rel="next"` }
  switch (format) {
    case 'json':
      return { status: 200, headers, body: { items: rows, nextCursor: next ?? null } }
    case 'ndjson': {
      const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
      return { status: 200, headers: { ...headers, 'content-type': 'application/x-ndjson' }, body }
    }
    case 'csv':
      return { status: 200, headers: { ...headers, 'content-type': 'text/csv; charset=utf-8' }, body: csvOf(rows) }
  }
}

type Column = readonly [name: string, read: (row: DeviceView) => string | number | undefined]

/** The identifier by which the device was ordered, else the one that the result names or ThingSpace assigned. */
const idIn = ({ deviceIds, result }: DeviceView, kind: IdentifierKind): string | undefined =>
  idOf(deviceIds, kind) ?? idOf(result?.identifiers ?? [], kind) ?? result?.assigned?.[kind]

const idColumn = (kind: IdentifierKind): Column => [kind, (row) => idIn(row, kind)]
const firstKinds: readonly IdentifierKind[] = ['eid', 'iccid', 'imei']

/** New columns come last: readers may count them. */
const columns: readonly Column[] = [
  ['position', (row) => row.position],
  ...firstKinds.map(idColumn),
  ['status', (row) => row.status],
  ['profileStatus', (row) => row.result?.profileStatus],
  ['code', (row) => row.result?.fault?.code ?? row.result?.euicc?.code ?? row.error?.code],
  ['description', (row) => row.result?.fault?.message ?? row.result?.euicc?.description ?? row.error?.message],
  ['receivedAt', (row) => row.result?.receivedAt],
  ['upstreamRequestId', (row) => row.result?.upstreamRequestId],
  ...IdentifierKind.options.filter((kind) => !firstKinds.includes(kind)).map(idColumn),
  ['ipAddress', (row) => row.result?.assigned?.['ipAddress']],
  ['activationCode', (row) => row.result?.assigned?.['activationCode']],
]

/** RFC 4180. A cell that a spreadsheet would run as a formula gets an apostrophe in front. */
function csvOf(rows: readonly DeviceView[]): string {
  const cell = (value: string | number | undefined): string => {
    const text = String(value ?? '')
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
  }
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, read]) => cell(read(row))))]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}
