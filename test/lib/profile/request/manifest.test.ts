import { describe, expect, test } from 'vitest'
import { type Device, IdentifierKind } from '../../../../lib/profile/order/identifiers.ts'
import {
  devicesPerPart,
  packDevices,
  partsOf,
  partsOfRange,
  unpackDevices,
} from '../../../../lib/profile/request/manifest.ts'
import { eidOf, iccidOf, imeiOf } from '../../../builders.ts'
import { fc } from '../../../properties.ts'
import { anyDevice } from '../arbitraries.ts'

const full = (index: number): Device => [
  { kind: 'eid', id: eidOf(index) },
  { kind: 'iccid', id: iccidOf(index) },
  { kind: 'imei', id: imeiOf(index) },
]

/** Every identifier kind, with digits of any number, even and odd. */
const anyDigits: fc.Arbitrary<Device> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom(...IdentifierKind.options.filter((kind) => kind !== 'meid')),
      id: fc.stringMatching(/^[0-9]{1,40}$/),
    }),
    fc.record({ kind: fc.constant('meid' as const), id: fc.stringMatching(/^[0-9A-F]{14}$/) }),
  ),
  { minLength: 1, maxLength: 9 },
)

describe('a packed manifest', () => {
  test('is unpacked unchanged for any devices', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyDevice, anyDigits), { maxLength: 30 }), (devices) => {
        expect(unpackDevices(packDevices(devices))).toEqual(devices)
      }),
      { numRuns: 300 },
    )
  })

  test('is unpacked unchanged even if each device of a full part has its own pattern', () => {
    const devices = Array.from({ length: devicesPerPart }, (_, index): Device => [
      { kind: 'eid', id: '7'.repeat(1 + (index % 40)) },
      { kind: 'iccid', id: '8'.repeat(1 + Math.floor(index / 40)) },
    ])
    expect(unpackDevices(packDevices(devices))).toEqual(devices)
  })

  test('takes at most 40 bytes per device with EID, ICCID and IMEI', () => {
    const parts = partsOf(Array.from({ length: 10_000 }, (_, index) => full(index)))
    expect(parts).toHaveLength(10)
    expect(parts.reduce((sum, part) => sum + part.length, 0) / 10_000).toBeLessThanOrEqual(40)
  })

  test('depends on the order of the devices, because it is part of the fingerprint of a body', () => {
    expect(packDevices([full(1), full(2)])).not.toEqual(packDevices([full(2), full(1)]))
  })

  test('of another version is refused', () => {
    const bytes = packDevices([full(1)])
    bytes[0] = 2
    expect(() => unpackDevices(bytes)).toThrow('the manifest has version 2, but this code reads 1')
  })

  test('that is truncated anywhere is refused and never read as fewer devices', () => {
    const bytes = packDevices([full(1), [{ kind: 'meid', id: 'A0000000ABCDEF' }]])
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => unpackDevices(bytes.subarray(0, length))).toThrow('incomplete')
    }
  })

  test('that uses an unknown pattern or kind is refused', () => {
    expect(() => unpackDevices(Uint8Array.of(1, 0, 0, 0, 1, 0, 5))).toThrow('refers to a missing pattern')
    expect(() => unpackDevices(Uint8Array.of(1, 0, 1, 1, 99, 2, 0, 1, 0, 0, 0x12))).toThrow('identifier kind 99')
  })
})

test.each([
  { firstDevice: 0, deviceCount: 1, first: 0, last: 0 },
  { firstDevice: 0, deviceCount: 1000, first: 0, last: 0 },
  { firstDevice: 0, deviceCount: 1001, first: 0, last: 1 },
  { firstDevice: 999, deviceCount: 1, first: 0, last: 0 },
  { firstDevice: 999, deviceCount: 2, first: 0, last: 1 },
  { firstDevice: 1000, deviceCount: 1000, first: 1, last: 1 },
  { firstDevice: 1950, deviceCount: 100, first: 1, last: 2 },
  { firstDevice: 0, deviceCount: 10_000, first: 0, last: 9 },
  { firstDevice: 9999, deviceCount: 1, first: 9, last: 9 },
])('$deviceCount devices from $firstDevice on are stored in the parts $first to $last', (row) => {
  expect(partsOfRange(row.firstDevice, row.deviceCount)).toEqual({ first: row.first, last: row.last })
})

test.each([
  { count: 1, sizes: [1] },
  { count: 1000, sizes: [1000] },
  { count: 1001, sizes: [1000, 1] },
  { count: 2500, sizes: [1000, 1000, 500] },
])('$count devices are divided into parts of $sizes', ({ count, sizes }) => {
  const devices = Array.from({ length: count }, (_, index) => full(index))
  const parts = partsOf(devices).map(unpackDevices)
  expect(parts.map((part) => part.length)).toEqual(sizes)
  expect(parts.flat()).toEqual(devices)
})
