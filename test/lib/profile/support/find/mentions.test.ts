import { expect, test } from 'vitest'
import { mentionsOf, mentionsOfIdentifier } from '../../../../../lib/profile/callback/mentions.ts'

const isFound = (kind: 'eid' | 'iccid' | 'imei' | 'mdn' | 'meid', id: string, raw: string): boolean => {
  const mentions = new Set(mentionsOf(raw))
  return mentionsOfIdentifier({ kind, id }).some((mention) => mentions.has(mention))
}

test.each([
  ['iccid', '8914800000000000017', '{"iccid": "8914800000000000017"}'],
  ['iccid', '8914800000000000017', '<iccid>8914 8000 0000 0000 017F</iccid>'],
  ['iccid', '8914800000000000017', 'iccid=891480000000000001'],
  ['eid', '89049032000001000000000000000123', "{'eid': '89049032-000001-000000000000000123'}"],
  ['imei', '350000000000017', '"imei":"35000000000001"'],
  ['imei', '350000000000017', '"imei":"3500000000000199"'],
  ['mdn', '5551234567', 'mdn: +1 555 123 4567,'],
  ['meid', 'A1000012345678', '"meid":"a1000012345678"'],
] as const)('a message that names the %s %s is found: %s', (kind, id, raw) => {
  expect(isFound(kind, id, raw)).toBe(true)
})

test('a message about another card is not found', () => {
  expect(isFound('iccid', '8914800000000000017', '{"iccid": "8914800000000000025"}')).toBe(false)
})

test('dates and counters do not push the identifiers of a message out', () => {
  const dates = Array.from({ length: 30 }, (_, day) => `2026-11-${10 + (day % 20)} 10:0${day % 10}:00.123`)
  expect(isFound('iccid', '8914800000000000017', `${dates.join(' ')} iccid 8914800000000000017`)).toBe(true)
})

test('a message has at most eight mentions', () => {
  const ids = Array.from({ length: 40 }, (_, at) => `89148000000000${10_000 + at}`)
  expect(mentionsOf(ids.join(' '))).toHaveLength(8)
})

test('an upstream request id is found without its hyphens', () => {
  expect(mentionsOf('requestId 0D1F2C3B-4A59-4687-9706-A5B4C3D2E1F0')).toEqual(['0d1f2c3b4a5946879706a5b4c3d2e1f0'])
})
