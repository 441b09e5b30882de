import { describe, expect, test } from 'vitest'
import {
  type Device,
  type Identifier,
  identifierFault,
  IdentifierKind,
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

describe('a kind', () => {
  test.each(IdentifierKind.options)('%s is read in any casing', (kind) => {
    expect(readKind(kind.toUpperCase())).toBe(kind)
    expect(readKind(`${kind[0]?.toUpperCase()}${kind.slice(1)}`)).toBe(kind)
  })

  test.each(['', 'serial', ' eid', 'eids', 'constructor'])('"%s" is none', (text) => {
    expect(readKind(text)).toBeUndefined()
  })
})

describe('an id', () => {
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

  test('of a MEID has one spelling', () => {
    expect(normaliseId('meid', 'a000000009abcd')).toBe('A000000009ABCD')
    expect(normaliseId('eid', eid.id)).toBe(eid.id)
  })

  test('in a log is its last four digits', () => {
    expect(maskIdentifier(eid)).toBe('eid:...0001')
    expect(maskIdentifier({ kind: 'imei', id: '35' })).toBe('imei:...35')
  })
})

describe('a result is kept under', () => {
  test.each<{ named: Device; key: { device: string; profile: string } }>([
    { named: [eid, iccid], key: { device: `eid:${eid.id}`, profile: `iccid:${iccid.id}` } },
    { named: [iccid, mdn, imei, eid], key: { device: `eid:${eid.id}`, profile: `iccid:${iccid.id}` } },
    { named: [mdn, imei], key: { device: `imei:${imei.id}`, profile: '-' } },
    { named: [iccid], key: { device: '-', profile: `iccid:${iccid.id}` } },
    { named: [], key: { device: '-', profile: '-' } },
  ])('$key.device, $key.profile', ({ named, key }) => {
    expect(resultKeyOf(named)).toEqual(key)
    expect(resultKeyOf(named.toReversed())).toEqual(key)
  })
})
