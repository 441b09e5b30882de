import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../../lib/profile/callback.ts'
import { deviceVerdict, joinResults, rankOf } from '../../../lib/profile/device-results.ts'
import type { Device, Identifier } from '../../../lib/profile/identifiers.ts'
import type { Result } from '../../../lib/profile/request.ts'
import { eidOf, iccidOf, imeiOf } from '../../builders.ts'
import { aDevice, aResult, minute, noon } from './records.ts'

const eid = (index: number): Identifier => ({ kind: 'eid', id: eidOf(index) })
const iccid = (index: number): Identifier => ({ kind: 'iccid', id: iccidOf(index) })
const imei = (index: number): Identifier => ({ kind: 'imei', id: imeiOf(index) })

/** The positions of the devices that a result of these identifiers is laid on. */
const joinedTo = (devices: readonly Device[], identifiers: Device) => {
  const { byDevice, unmatched } = joinResults(devices, [aResult('succeeded', identifiers)])
  const positions = byDevice.flatMap((results, position) => (results.length > 0 ? [position] : []))
  return unmatched.length > 0 ? 'nobody' : positions
}

describe('a result is laid on the device that it names', () => {
  const asked = [aDevice(1), aDevice(2), [imei(3), eid(3)], [iccid(4)]]
  const twoProfiles = [
    [eid(1), iccid(1)],
    [eid(1), iccid(2)],
  ]

  test.each<{ named: string; devices?: Device[]; identifiers: Device; to: number[] | 'nobody' }>([
    { named: 'by all it was asked by', identifiers: aDevice(2), to: [1] },
    { named: 'by its EID alone', identifiers: [eid(2)], to: [1] },
    { named: 'by its ICCID alone', identifiers: [iccid(2)], to: [1] },
    { named: 'by IMEI and EID, asked by EID and ICCID', identifiers: [imei(9), eid(2)], to: [1] },
    { named: 'by its IMEI among others', identifiers: [imei(3), { kind: 'mdn', id: '5551234567' }], to: [2] },
    { named: 'by the EID of one and the ICCID of another: the EID counts', identifiers: [iccid(1), eid(2)], to: [1] },
    { named: 'by the ICCID of one and the IMEI of another', identifiers: [imei(3), iccid(4)], to: [3] },
    { named: 'by what nobody asked for', identifiers: [eid(8), iccid(8)], to: 'nobody' },
    { named: 'by nothing at all', identifiers: [], to: 'nobody' },
    { named: 'by another kind with the same digits', identifiers: [{ kind: 'imsi', id: imeiOf(3) }], to: 'nobody' },
    { named: 'as the first profile of its EID', devices: twoProfiles, identifiers: [eid(1), iccid(1)], to: [0] },
    { named: 'as the second profile of its EID', devices: twoProfiles, identifiers: [iccid(2), eid(1)], to: [1] },
    { named: 'by an EID with two profiles', devices: twoProfiles, identifiers: [eid(1)], to: [0, 1] },
  ])('$named', ({ devices = asked, identifiers, to }) => {
    expect(joinedTo(devices, identifiers)).toEqual(to)
  })

  test('ten thousand results on ten thousand devices in well under a second', () => {
    const devices = Array.from({ length: 10_000 }, (_, index) => aDevice(index))
    const results = devices.map((device) => aResult('succeeded', device))
    const started = performance.now()
    const { byDevice } = joinResults(devices, results.toReversed())
    expect(byDevice.every((own, position) => own[0]?.identifiers[0]?.id === eidOf(position))).toBe(true)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

/** Results in the order in which they came, one minute apart. */
const inOrder = (...verdicts: (Verdict | [Verdict, Partial<Result>])[]): Result[] =>
  verdicts.map((entry, index) => {
    const [verdict, over] = typeof entry === 'string' ? [entry, {}] : entry
    return aResult(verdict, aDevice(0), { receivedAt: noon + index * minute, raw: `message ${index}`, ...over })
  })

describe('the status of a device', () => {
  test.each<{ came: Verdict[]; overdue?: boolean; status: string; conflict?: boolean; decided?: number }>([
    { came: [], status: 'pending' },
    { came: [], overdue: true, status: 'expired' },
    { came: ['warning'], status: 'warning', decided: 0 },
    { came: ['warning'], overdue: true, status: 'expired', decided: 0 },
    { came: ['succeeded'], status: 'succeeded', decided: 0 },
    { came: ['failed'], status: 'failed', decided: 0 },
    { came: ['expired'], status: 'expired', decided: 0 },
    { came: ['warning', 'succeeded'], status: 'succeeded', decided: 1 },
    { came: ['succeeded', 'warning'], status: 'succeeded', decided: 0 },
    { came: ['warning', 'failed'], status: 'failed', decided: 1 },
    { came: ['failed', 'warning'], status: 'failed', decided: 0 },
    { came: ['warning', 'warning'], status: 'warning', decided: 0 },
    { came: ['succeeded', 'succeeded'], status: 'succeeded', decided: 0 },
    { came: ['succeeded', 'failed'], status: 'succeeded', conflict: true, decided: 0 },
    { came: ['failed', 'succeeded'], status: 'failed', conflict: true, decided: 0 },
    { came: ['expired', 'succeeded'], status: 'succeeded', decided: 1 },
    { came: ['expired', 'failed'], status: 'failed', decided: 1 },
    { came: ['expired', 'warning'], status: 'expired', decided: 0 },
    { came: ['failed', 'expired'], status: 'failed', decided: 0 },
    { came: ['succeeded'], overdue: true, status: 'succeeded', decided: 0 },
    { came: ['failed'], overdue: true, status: 'failed', decided: 0 },
  ])('$came (overdue: $overdue) is $status', ({ came, overdue = false, status, conflict = false, decided }) => {
    const results = inOrder(...came)
    const decisive = decided === undefined ? {} : { decisive: results[decided] }
    expect(deviceVerdict(results, 'enable', overdue)).toEqual({ status, conflict, ...decisive })
    expect(deviceVerdict(results.toReversed(), 'enable', overdue)).toEqual({ status, conflict, ...decisive })
  })

  test('a conflict that the store has flagged stays one', () => {
    expect(deviceVerdict(inOrder(['succeeded', { conflict: true }]), 'enable', false)).toMatchObject({
      status: 'succeeded',
      conflict: true,
    })
  })
})

describe('suspending a device is answered for each profile and for the device', () => {
  const ofProfile = (verdict: Verdict, profile: number) =>
    aResult(verdict, [eid(0), iccid(profile)], { profileRole: 'bootstrap' })
  const ofDevice = (verdict: Verdict) => aResult(verdict, [eid(0)])

  test.each([
    { answered: 'its profiles', results: [ofProfile('succeeded', 1), ofProfile('succeeded', 2)], status: 'pending' },
    { answered: 'the device', results: [ofDevice('succeeded')], status: 'succeeded' },
    {
      answered: 'both, of which the device failed',
      results: [ofProfile('succeeded', 1), ofDevice('failed')],
      status: 'failed',
    },
    {
      answered: 'both, of which a profile failed',
      results: [ofProfile('failed', 1), ofDevice('succeeded')],
      status: 'succeeded',
    },
  ])('$answered: $status', ({ results, status }) => {
    expect(deviceVerdict(results, 'device_suspend', false)).toMatchObject({ status, conflict: false })
  })

  test('the answers of its profiles count for every other action', () => {
    expect(deviceVerdict([ofProfile('succeeded', 1)], 'enable', false)).toMatchObject({ status: 'succeeded' })
  })

  test('only its profiles answered in time: expired', () => {
    expect(deviceVerdict([ofProfile('succeeded', 1)], 'device_suspend', true)).toMatchObject({ status: 'expired' })
  })
})

const anyVerdict = fc.constantFrom<Verdict>('warning', 'expired', 'succeeded', 'failed')

describe('for any results', () => {
  test('the order in which they are read never matters', () => {
    const anyResults = fc
      .array(fc.tuple(anyVerdict, fc.nat({ max: 3 })), { minLength: 1, maxLength: 8 })
      .chain((drawn) => {
        const results = drawn.map(([verdict, at], index) =>
          aResult(verdict, aDevice(0), { receivedAt: noon + at, raw: `message ${index}` }),
        )
        return fc.tuple(fc.constant(results), fc.shuffledSubarray(results, { minLength: results.length }))
      })
    fc.assert(
      fc.property(anyResults, fc.boolean(), ([results, shuffled], overdue) => {
        expect(deviceVerdict(shuffled, 'enable', overdue)).toEqual(deviceVerdict(results, 'enable', overdue))
      }),
      { numRuns: 300 },
    )
  })

  test('a device never leaves a final state as they come in, except `expired` by real evidence', () => {
    fc.assert(
      fc.property(fc.array(anyVerdict, { maxLength: 8 }), fc.nat({ max: 8 }), (verdicts, overdueFrom) => {
        const results = inOrder(...verdicts)
        let was = 'pending'
        for (let known = 0; known <= results.length; known += 1) {
          const { status } = deviceVerdict(results.slice(0, known), 'enable', known >= overdueFrom)
          const heldStill = was === 'pending' || was === 'warning' || status === was
          const lateEvidence = was === 'expired' && (status === 'succeeded' || status === 'failed')
          expect(heldStill || lateEvidence, `${was} -> ${status}`).toBe(true)
          expect(was === 'warning' && status === 'pending').toBe(false)
          was = status
        }
      }),
      { numRuns: 500 },
    )
  })
})

test('only real results are final beyond doubt', () => {
  expect(rankOf).toEqual({ warning: 1, expired: 2, succeeded: 3, failed: 3 })
})
