import { describe, expect, test } from 'vitest'
import {
  type Device,
  type Identifier,
  identifierFault,
  identifierKey,
  IdentifierKind,
  isSameIdentifier,
  lookUpKeys,
  maskIdentifier,
  normaliseId,
  readKind,
  resultKeyOf,
} from '../../../../lib/profile/order/identifiers.ts'
import { eidOf, iccidOf, imeiOf } from '../../../builders.ts'

const eid: Identifier = { kind: 'eid', id: eidOf(1) }
const iccid: Identifier = { kind: 'iccid', id: iccidOf(1) }
const imei: Identifier = { kind: 'imei', id: imeiOf(1) }
const mdn: Identifier = { kind: 'mdn', id: '5551234567' }

describe('an identifier kind', () => {
  test.each(IdentifierKind.options)('%s is read in any casing', (kind) => {
    expect(readKind(kind.toUpperCase())).toBe(kind)
    expect(readKind(`${kind[0]?.toUpperCase()}${kind.slice(1)}`)).toBe(kind)
  })

  test.each(['', 'serial', ' eid', 'eids', 'constructor'])('"%s" is unknown', (text) => {
    expect(readKind(text)).toBeUndefined()
  })
})

describe('an identifier value', () => {
  test.each([
    ['eid', 30, 32],
    ['iccid', 18, 20],
    ['imei', 14, 16],
    ['mdn', 10, 10],
    ['msisdn', 11, 11],
    ['min', 10, 10],
    ['meid', 14, 14],
    ['esn', 11, 11],
    ['imsi', 14, 15],
  ] as const)('of the kind %s has %i to %i digits, whatever its check digit', (kind, least, most) => {
    for (let length = least - 1; length <= most + 1; length += 1) {
      const fits = length >= least && length <= most
      expect(identifierFault(kind, '7'.repeat(length)) === undefined).toBe(fits)
    }
  })

  test('of a MEID is normalised to upper case', () => {
    expect(normaliseId('meid', 'a000000009abcd')).toBe('A000000009ABCD')
    expect(normaliseId('eid', eid.id)).toBe(eid.id)
  })

  test('is masked in a log except for its last four digits', () => {
    expect(maskIdentifier(eid)).toBe('eid:...0001')
    expect(maskIdentifier({ kind: 'imei', id: '35' })).toBe('imei:...35')
  })
})

describe('an identifier', () => {
  const card = '8914800000123456789'
  const alike: readonly (readonly [IdentifierKind, string, string])[] = [
    ['iccid', card, `${card}0`],
    ['iccid', card, `${card}7`],
    ['iccid', card.slice(0, 18), card],
    ['iccid', `${card}F`, `8914 8000 0012 3456 7897`],
    ['imei', '35000000000001', '350000000000019'],
    ['imei', '35000000000001', '3500000000000155'],
    ['imei', '350000000000012', '3500000000000155'],
    ['mdn', '5551234567', '+1 555 123 4567'],
    ['meid', 'A10000009296F2', '270113177609606898'],
    ['meid', 'A10000009296F27', 'a1-0000-0092-96f2'],
    ['esn', '12801234567', '8012D687'],
  ]
  const different: readonly (readonly [IdentifierKind, string, string])[] = [
    ['iccid', `${card}0`, `${card}7`],
    ['iccid', card.slice(0, 18), `${card}0`],
    ['iccid', card.slice(0, 16), card.slice(0, 17)],
    ['iccid', `${card}00`, `${card}0`],
    ['imei', '350000000000012', '350000000000019'],
    ['imei', '3500000', '35000000'],
    ['eid', eid.id.slice(0, 31), eid.id],
    ['imsi', '31048000000001', '310480000000019'],
  ]

  test.each(alike)('%s %s is the same as %s, and each is found by the keys of the other', (kind, first, second) => {
    const [one, other] = [
      { kind, id: first },
      { kind, id: second },
    ] as const
    expect([isSameIdentifier(one, other), isSameIdentifier(other, one)]).toEqual([true, true])
    expect(lookUpKeys([one])).toContain(identifierKey(other))
    expect(lookUpKeys([other])).toContain(identifierKey(one))
  })

  test.each(different)('%s %s differs from %s', (kind, first, second) => {
    const [one, other] = [
      { kind, id: first },
      { kind, id: second },
    ] as const
    expect([isSameIdentifier(one, other), isSameIdentifier(other, one)]).toEqual([false, false])
  })

  test('differs from an identifier of another kind with the same digits', () => {
    expect(isSameIdentifier({ kind: 'min', id: mdn.id }, mdn)).toBe(false)
    expect(isSameIdentifier({ kind: 'msisdn', id: `1${mdn.id}` }, mdn)).toBe(true)
  })
})

describe('a result is stored under its device and its profile', () => {
  test.each<{ named: Device; key: { device: string; profile: string } }>([
    { named: [eid, iccid], key: { device: `eid:${eid.id}`, profile: `iccid:${iccid.id}` } },
    { named: [iccid, mdn, imei, eid], key: { device: `eid:${eid.id}`, profile: `iccid:${iccid.id}` } },
    { named: [mdn, imei], key: { device: `imei:${imei.id}`, profile: '-' } },
    { named: [iccid], key: { device: '-', profile: `iccid:${iccid.id}` } },
    { named: [], key: { device: '-', profile: '-' } },
  ])('as $key.device and $key.profile', ({ named, key }) => {
    expect(resultKeyOf(named)).toEqual(key)
    expect(resultKeyOf(named.toReversed())).toEqual(key)
  })
})
