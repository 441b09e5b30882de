import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../../../lib/profile/request/callback.ts'
import type { Result } from '../../../../lib/profile/request/result.ts'
import { deviceVerdict as verdictOf, rankOf } from '../../../../lib/profile/status/device-results.ts'
import type { MatchedResult } from '../../../../lib/profile/status/matching.ts'
import type { Action } from '../../../../lib/profile/order/actions.ts'
import type { Identifier } from '../../../../lib/profile/order/identifiers.ts'
import { eidOf, iccidOf } from '../../../builders.ts'
import { fc } from '../../../properties.ts'
import { aDevice, aResult, hour, minute, noon } from '../records.ts'

const eid = (index: number): Identifier => ({ kind: 'eid', id: eidOf(index) })
const iccid = (index: number): Identifier => ({ kind: 'iccid', id: iccidOf(index) })
/** The verdict of results that name the ordered profile. */
const deviceVerdict = (results: readonly Result[], callbacks: Action['callbacks'], overdue: boolean) =>
  verdictOf(
    results.map((result): MatchedResult => ({ result, match: 'profile' })),
    { callbacks, overdue, now: noon + hour, otherProfileMilliseconds: 2 * minute },
  )

/** Results in the order of their arrival, one minute apart. */
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
  ])(
    'with the results $came (overdue: $overdue) is $status',
    ({ came, overdue = false, status, conflict = false, decided }) => {
      const results = inOrder(...came)
      const decisive = decided === undefined ? {} : { decisive: results[decided] }
      expect(deviceVerdict(results, 'per-device', overdue)).toEqual({ status, conflict, ...decisive })
      expect(deviceVerdict(results.toReversed(), 'per-device', overdue)).toEqual({ status, conflict, ...decisive })
    },
  )

  test('keeps a conflict that the store has flagged', () => {
    expect(deviceVerdict(inOrder(['succeeded', { conflict: true }]), 'per-device', false)).toMatchObject({
      status: 'succeeded',
      conflict: true,
    })
  })
})

describe('the status of a device whose profiles and device both get results', () => {
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
  ])('is $status if results arrive for $answered', ({ results, status }) => {
    expect(deviceVerdict(results, 'profiles-and-device', false)).toMatchObject({ status, conflict: false })
  })

  test('is decided by the results of its profiles for any other action', () => {
    expect(deviceVerdict([ofProfile('succeeded', 1)], 'per-device', false)).toMatchObject({ status: 'succeeded' })
  })

  test('is expired if only its profiles got results in time', () => {
    expect(deviceVerdict([ofProfile('succeeded', 1)], 'profiles-and-device', true)).toMatchObject({ status: 'expired' })
  })
})

describe('a result for another profile of the card', () => {
  const other = (verdict: Verdict, receivedAt = noon): MatchedResult => ({
    result: aResult(verdict, [eid(0), iccid(9)], { receivedAt, raw: 'other' }),
    match: 'other-profile',
  })
  const own = (verdict: Verdict, receivedAt = noon): MatchedResult => ({
    result: aResult(verdict, aDevice(0), { receivedAt }),
    match: 'profile',
  })
  const weighing = { callbacks: 'per-device', overdue: false, otherProfileMilliseconds: 2 * minute } as const

  test('is not used before otherProfileSeconds have passed', () => {
    expect(verdictOf([other('succeeded')], { ...weighing, now: noon + minute })).toEqual({
      status: 'pending',
      conflict: false,
      settlesAt: noon + 2 * minute,
    })
  })

  test('is used after otherProfileSeconds if no result for the ordered profile arrived', () => {
    expect(verdictOf([other('succeeded')], { ...weighing, now: noon + 2 * minute })).toMatchObject({
      status: 'succeeded',
    })
    expect(verdictOf([other('succeeded'), own('warning')], { ...weighing, now: noon + hour })).toMatchObject({
      status: 'succeeded',
    })
  })

  test('never overrides a result for the ordered profile, and is no conflict with it', () => {
    for (const now of [noon, noon + hour]) {
      expect(verdictOf([other('succeeded'), own('failed', noon + minute)], { ...weighing, now })).toMatchObject({
        status: 'failed',
        conflict: false,
      })
    }
  })

  test('is used at the deadline at the latest', () => {
    expect(verdictOf([other('succeeded')], { ...weighing, overdue: true, now: noon })).toMatchObject({
      status: 'succeeded',
    })
  })
})

const anyVerdict = fc.constantFrom<Verdict>('warning', 'expired', 'succeeded', 'failed')

describe('the status of a device, for any results,', () => {
  test('does not depend on the order in which the results are read', () => {
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
        expect(deviceVerdict(shuffled, 'per-device', overdue)).toEqual(deviceVerdict(results, 'per-device', overdue))
      }),
      { numRuns: 300 },
    )
  })

  test('never leaves a final state as results arrive, except `expired` by a real result', () => {
    fc.assert(
      fc.property(fc.array(anyVerdict, { maxLength: 8 }), fc.nat({ max: 8 }), (verdicts, overdueFrom) => {
        const results = inOrder(...verdicts)
        let was = 'pending'
        for (let known = 0; known <= results.length; known += 1) {
          const { status } = deviceVerdict(results.slice(0, known), 'per-device', known >= overdueFrom)
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

test('only succeeded and failed results are final for good', () => {
  expect(rankOf).toEqual({ warning: 1, expired: 2, succeeded: 3, failed: 3 })
})
