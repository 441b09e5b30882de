import { csvCell } from '../../lib/http/requests/csv-cell.ts'
import type { RequestExport } from '../../lib/profile/support/collect-evidence.ts'

const headings = [
  'position',
  'eid',
  'iccid',
  'imei',
  'status',
  'submission',
  'upstreamRequestId',
  'verdict',
  'code',
  'description',
  'note',
  'receivedAt',
  'raw',
] as const

type Callback = RequestExport['devices'][number]['callbacks'][number]

/**
 * Formats an export as CSV (RFC 4180), with one line for each device and callback. A device without callbacks has one
 * line. Callbacks that match no device follow with the status `unmatched`.
 */
export function evidenceCsv({ devices, unmatchedCallbacks }: RequestExport): string {
  const rows = devices.flatMap((device) => {
    const id = (kind: string) => device.deviceIds.find((each) => each.kind === kind)?.id
    const about = [device.position, id('eid'), id('iccid'), id('imei'), device.status, device.submission]
    const error = [undefined, undefined, device.error?.code, device.error?.message]
    if (device.callbacks.length === 0) return [[...about, ...error]]
    return device.callbacks.flatMap((callback) => rowsOf(callback).map((row) => [...about, ...row]))
  })
  const loose = unmatchedCallbacks.flatMap((callback) =>
    rowsOf(callback).map((row) => [undefined, undefined, undefined, undefined, 'unmatched', undefined, ...row]),
  )
  return [[...headings], ...rows, ...loose].map(lineOf).join('')
}

type Cell = string | number | null | undefined

function rowsOf({ upstreamRequestId, verdict, fault, euicc, note, receivedAt, raw, others }: Callback): Cell[][] {
  const code = fault?.code ?? euicc?.code
  const description = fault?.message ?? euicc?.description
  return [
    [upstreamRequestId, verdict, code, description, note, receivedAt, raw],
    ...others.map((other) => [upstreamRequestId, other.verdict, '', '', 'beside', other.receivedAt, other.raw]),
  ]
}

const lineOf = (row: readonly Cell[]): string => `${headings.map((_, column) => csvCell(row[column])).join(',')}\r\n`
