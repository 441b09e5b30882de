import { describe, expect, test } from 'vitest'
import { contradicts, joinOwnResults, joinResults, matchOf } from '../../../../lib/profile/status/matching.ts'
import type { Device, Identifier } from '../../../../lib/profile/order/identifiers.ts'
import { eidOf, iccidOf, imeiOf } from '../../../builders.ts'
import { cpuMilliseconds } from '../../../cpu-milliseconds.ts'
import { aDevice, aResult } from '../records.ts'

const eid = (index: number): Identifier => ({ kind: 'eid', id: eidOf(index) })
const iccid = (index: number): Identifier => ({ kind: 'iccid', id: iccidOf(index) })
const imei = (index: number): Identifier => ({ kind: 'imei', id: imeiOf(index) })

/** The positions of the devices that a result with these identifiers is assigned to. */
const joinedTo = (devices: readonly Device[], identifiers: Device) => {
  const { byDevice, unmatched } = joinResults(devices, [aResult('succeeded', identifiers)])
  const positions = byDevice.flatMap((results, position) => (results.length > 0 ? [position] : []))
  return unmatched.length > 0 ? 'no device' : positions
}

describe('joinResults assigns a result that names a device', () => {
  const asked = [aDevice(1), aDevice(2), [imei(3), eid(3)], [iccid(4)]]
  const twoProfiles = [
    [eid(1), iccid(1)],
    [eid(1), iccid(2)],
  ]

  test.each<{ named: string; devices?: Device[]; identifiers: Device; to: number[] | 'no device' }>([
    { named: 'by all ordered identifiers', identifiers: aDevice(2), to: [1] },
    { named: 'by its EID alone', identifiers: [eid(2)], to: [1] },
    { named: 'by its ICCID alone', identifiers: [iccid(2)], to: [1] },
    { named: 'by IMEI and EID, ordered by EID and ICCID', identifiers: [imei(9), eid(2)], to: [1] },
    { named: 'by its IMEI among others', identifiers: [imei(3), { kind: 'mdn', id: '5551234567' }], to: [2] },
    { named: 'by the EID of one and the ICCID of another', identifiers: [iccid(1), eid(2)], to: [1] },
    { named: 'by the ICCID of one and the IMEI of another', identifiers: [imei(3), iccid(4)], to: [3] },
    { named: 'by identifiers that were not ordered', identifiers: [eid(8), iccid(8)], to: 'no device' },
    { named: 'by no identifier', identifiers: [], to: 'no device' },
    { named: 'by another kind with the same digits', identifiers: [{ kind: 'imsi', id: imeiOf(3) }], to: 'no device' },
    { named: 'as the first profile of its EID', devices: twoProfiles, identifiers: [eid(1), iccid(1)], to: [0] },
    { named: 'as the second profile of its EID', devices: twoProfiles, identifiers: [iccid(2), eid(1)], to: [1] },
    { named: 'by an EID with two profiles', devices: twoProfiles, identifiers: [eid(1)], to: [0, 1] },
  ])('$named to $to', ({ devices = asked, identifiers, to }) => {
    expect(joinedTo(devices, identifiers)).toEqual(to)
  })

  test('in a time proportional to their number, for ten thousand results and devices', () => {
    const devices = Array.from({ length: 10_000 }, (_, index) => aDevice(index))
    const results = devices.map((device) => aResult('succeeded', device))
    const { byDevice } = joinResults(devices, results.toReversed())
    expect(byDevice.every((own, position) => own[0]?.result.identifiers[0]?.id === eidOf(position))).toBe(true)
    // A quadratic join compares a hundred million pairs.
    expect(cpuMilliseconds(() => joinResults(devices, results))).toBeLessThan(3000)
  })
})

describe('the match of a callback that names an ordered device', () => {
  const card = '89049032000000000000000000000001'
  const profile = '89148000001234567890'
  test.each<{ named: string; ordered: Device; by: Device; match: ReturnType<typeof matchOf> }>([
    { named: 'by its ICCID', ordered: aDevice(1), by: [iccid(1)], match: 'profile' },
    { named: 'by its EID', ordered: aDevice(1), by: [eid(1)], match: 'card' },
    {
      named: 'by its IMEI',
      ordered: [{ kind: 'imei', id: imeiOf(1) }],
      by: [eid(1), { kind: 'imei', id: imeiOf(1) }],
      match: 'line',
    },
    { named: 'by its EID and another ICCID', ordered: aDevice(1), by: [eid(1), iccid(2)], match: 'other-profile' },
    { named: 'by another EID', ordered: aDevice(1), by: [eid(2)], match: undefined },
    { named: 'by its ICCID beside another EID', ordered: aDevice(1), by: [eid(2), iccid(1)], match: undefined },
    {
      named: 'by kinds that were not ordered',
      ordered: aDevice(1),
      by: [{ kind: 'mdn', id: '5551234567' }],
      match: undefined,
    },
    {
      named: 'by its ICCID with the padding F',
      ordered: [{ kind: 'iccid', id: '8914800000123456789' }],
      by: [{ kind: 'iccid', id: '8914800000123456789F' }],
      match: 'profile',
    },
    {
      named: 'by its ICCID without the check digit',
      ordered: [{ kind: 'iccid', id: profile }],
      by: [{ kind: 'iccid', id: profile.slice(0, 19) }],
      match: 'profile',
    },
    {
      named: 'by its ICCID in groups',
      ordered: [{ kind: 'iccid', id: profile }],
      by: [{ kind: 'iccid', id: '8914 8000 0012 3456 7890' }],
      match: 'profile',
    },
    {
      named: 'by its EID in groups',
      ordered: [{ kind: 'eid', id: card }],
      by: [{ kind: 'eid', id: '8904-9032-0000-0000-0000-0000-0000-0001' }],
      match: 'card',
    },
    {
      named: 'by its MDN with country code',
      ordered: [{ kind: 'mdn', id: '5551234567' }],
      by: [{ kind: 'mdn', id: '+15551234567' }],
      match: 'line',
    },
    {
      named: 'by its MDN as an MSISDN',
      ordered: [{ kind: 'mdn', id: '5551234567' }],
      by: [{ kind: 'msisdn', id: '15551234567' }],
      match: 'line',
    },
    {
      named: 'by its IMEI as IMEISV',
      ordered: [{ kind: 'imei', id: '490154203237518' }],
      by: [{ kind: 'imei', id: '4901542032375101' }],
      match: 'line',
    },
    {
      named: 'by its IMEI without the check digit',
      ordered: [{ kind: 'imei', id: '490154203237518' }],
      by: [{ kind: 'imei', id: '49015420323751' }],
      match: 'line',
    },
    {
      named: 'by another IMEI that differs in its last digit',
      ordered: [{ kind: 'imei', id: imeiOf(1) }],
      by: [{ kind: 'imei', id: imeiOf(2) }],
      match: undefined,
    },
    { named: 'by another ICCID that differs in its last digit', ordered: [iccid(1)], by: [iccid(2)], match: undefined },
  ])('$named is $match', ({ ordered, by, match }) => {
    expect(matchOf(ordered, by)).toBe(match)
    expect(joinResults([ordered], [aResult('succeeded', by)]).byDevice[0]?.[0]?.match).toBe(match)
  })

  test('is impossible if its EID or ICCID belongs to no ordered device', () => {
    expect(contradicts([aDevice(1), aDevice(2)], [eid(3)])).toBe(true)
    expect(contradicts([aDevice(1), aDevice(2)], [iccid(3)])).toBe(true)
    expect(contradicts([aDevice(1), aDevice(2)], [{ kind: 'mdn', id: '5551234567' }])).toBe(false)
  })
})

describe('a result with the upstream request id of a submission', () => {
  const stranger = aResult('succeeded', [{ kind: 'mdn', id: '5551234567' }])

  test('belongs to its only device, whatever identifiers it names, and has a note about it', () => {
    const { byDevice, unmatched } = joinOwnResults([aDevice(1)], [stranger])
    expect(byDevice[0]?.[0]).toMatchObject({
      match: 'request',
      result: { note: expect.stringContaining('only this device') as string },
    })
    expect(unmatched).toEqual([])
  })

  test('belongs to no device if it names none of several', () => {
    expect(joinOwnResults([aDevice(1), aDevice(2)], [stranger])).toEqual({ byDevice: [[], []], unmatched: [stranger] })
  })
})
