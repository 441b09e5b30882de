import type { DeviceAnswer } from '../answers.ts'
import { iccidOf } from '../devices.ts'
import type { Stage } from '../stage.ts'
import { differences, expectEqual } from '../unmet.ts'

/** Reads the devices of a request as CSV and compares every line with the JSON. */
export async function compareCsv(stage: Stage, requestId: string, rows: readonly DeviceAnswer[]): Promise<void> {
  const { text, headers } = await stage.call('GET', `/v1/requests/${requestId}/devices`, {
    headers: { accept: 'text/csv' },
    show: (answer) => `${answer.headers.get('content-type')}, ${answer.text.split('\r\n').length - 1} lines`,
  })
  expectEqual('content type', headers.get('content-type'), 'text/csv; charset=utf-8')
  const [header = '', ...lines] = text.trimEnd().split('\r\n')
  for (const line of [header, ...lines.slice(0, 2)]) stage.say(`  ${line}`)
  expectEqual('first columns', header.split(',').slice(0, 5), ['position', 'eid', 'iccid', 'imei', 'status'])
  const expected = rows.map(({ position, deviceIds, status, result }) => {
    const eid = deviceIds.find(({ kind }) => kind === 'eid')?.id
    // The order has no IMEI, but some results have one.
    const imei = result?.identifiers.find(({ kind }) => kind === 'imei')?.id ?? ''
    return [String(position), eid, iccidOf({ deviceIds }), imei, status]
  })
  const actual = lines.map((line) => line.split(',').slice(0, 5))
  expectEqual('lines that differ from the JSON', differences(actual, expected).slice(0, 5), [])
}
