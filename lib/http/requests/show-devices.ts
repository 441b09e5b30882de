import * as z from 'zod/mini'
import { type DevicePage, listDevices, type ListDevicesDependencies } from '../../profile/status/list-devices.ts'
import { IdentifierKind, idOf } from '../../profile/order/identifiers.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { DeviceStatus } from '../../profile/request/states.ts'
import { type DeviceView, errorOf, viewUnmatched } from '../../profile/status/device-view.ts'
import { pageRoom } from '../answer-size.ts'
import type { ApiAnswer } from '../api-call.ts'
import { csvLine } from './csv-cell.ts'
import { chooseFormat, type Format } from './device-formats.ts'
import { cursorText, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'

const largestPage: Readonly<Record<Format, number>> = { json: 1000, csv: 10_000, ndjson: 10_000 }

/** Unmatched results shown with a page. They are rare, and a few are enough to find the cause. */
const unmatchedShown = 20

/**
 * Query of GET .../devices. A limit above the largest page is capped. A page too large for Lambda's answer is
 * shortened.
 */
export const DevicesQuery = z.strictObject({
  status: z.optional(DeviceStatus),
  limit: z.optional(z.coerce.number().check(z.int(), z.positive())),
  cursor: z.optional(cursorText),
})

/** GET /v1/requests/{requestId}/devices: the devices in the order of the request, as JSON, CSV or NDJSON. */
export async function showDevices(
  request: ProfileRequest,
  { query, accept }: { query: unknown; accept: string | undefined },
  dependencies: ListDevicesDependencies,
): Promise<ApiAnswer> {
  const { status, limit, cursor } = readParameters(DevicesQuery, query)
  const format = chooseFormat(accept)
  const filters = { devicesOf: request.requestId, status }
  const hasRoom = pageRoom()
  const texts: string[] = []
  const page = await listDevices(
    request,
    {
      from: cursor === undefined ? 0 : Number(openCursor(cursor, filters, /^\d{1,5}$/)),
      limit: Math.min(limit ?? (format === 'json' ? 100 : largestPage[format]), largestPage[format]),
      ...(status === undefined ? {} : { status }),
      fits(row) {
        const text = textOf[format](row)
        if (!hasRoom(text)) return false
        texts.push(text)
        return true
      },
    },
    dependencies,
  )
  const next = page.cursor === undefined ? undefined : sealCursor(page.cursor, filters)
  const link = new URLSearchParams()
  for (const [name, value] of Object.entries({ status, limit, cursor: next })) {
    if (value !== undefined) link.set(name, String(value))
  }
  const at = `/v1/requests/${request.requestId}/devices?${link.toString()}`
  return answerIn(format, page, { text: texts.join(''), next, link: at })
}

/** Writes one device for a page of each format. */
const textOf: Readonly<Record<Format, (row: DeviceView) => string>> = {
  json: (row) => JSON.stringify(row),
  ndjson: (row) => `${JSON.stringify(row)}\n`,
  csv: (row) => csvLine(columns.map(([, read]) => read(row))),
}

function answerIn(
  format: Format,
  { rows, unmatched }: DevicePage,
  { text, next, link }: { text: string; next: string | undefined; link: string },
): ApiAnswer {
  const headers = next === undefined ? {} : { link: `<${link}>; rel="next"` }
  switch (format) {
    case 'json':
      return {
        status: 200,
        headers,
        body: {
          items: rows,
          nextCursor: next ?? null,
          unmatchedResults: unmatched.slice(0, unmatchedShown).map(viewUnmatched),
        },
      }
    case 'ndjson':
      return { status: 200, headers: { ...headers, 'content-type': 'application/x-ndjson' }, body: text }
    case 'csv': {
      const body = csvLine(columns.map(([name]) => name)) + text
      return { status: 200, headers: { ...headers, 'content-type': 'text/csv; charset=utf-8' }, body }
    }
  }
}

type Column = readonly [name: string, read: (row: DeviceView) => string | number | undefined]

/** The identifier from the order, otherwise from the result, otherwise as ThingSpace assigned it. */
const idIn = ({ deviceIds, result }: DeviceView, kind: IdentifierKind): string | undefined =>
  idOf(deviceIds, kind) ?? idOf(result?.identifiers ?? [], kind) ?? result?.assigned?.[kind]

const idColumn = (kind: IdentifierKind): Column => [kind, (row) => idIn(row, kind)]
const firstKinds: readonly IdentifierKind[] = ['eid', 'iccid', 'imei']

/** New columns must be added at the end, because readers may rely on positions. */
const columns: readonly Column[] = [
  ['position', (row) => row.position],
  ...firstKinds.map(idColumn),
  ['status', (row) => row.status],
  ['profileStatus', (row) => row.result?.profileStatus],
  ['code', (row) => errorOf(row).code],
  ['description', (row) => errorOf(row).message],
  ['receivedAt', (row) => row.result?.receivedAt],
  ['upstreamRequestId', (row) => row.result?.upstreamRequestId],
  ...IdentifierKind.options.filter((kind) => !firstKinds.includes(kind)).map(idColumn),
  ['ipAddress', (row) => row.result?.assigned?.['ipAddress']],
  ['activationCode', (row) => row.result?.assigned?.['activationCode']],
]
