import { describe, expect, test } from 'vitest'
import { ActionName } from '../../../../lib/profile/order/action-names.ts'
import { actions } from '../../../../lib/profile/order/actions.ts'
import {
  delaySeconds,
  graceSeconds,
  repeatsByItself,
  resultsWithinSeconds,
} from '../../../../lib/profile/submission/transitions/retry-policy.ts'
import { account, aSetting } from '../../../builders.ts'
import { fc } from '../../../properties.ts'

const { retry } = aSetting()
/** Random numbers are below 1. */
const nearlyOne = 1 - Number.EPSILON
const fraction = fc.double({ min: 0, max: nearlyOne, noNaN: true })
const attempt = fc.integer({ min: 1, max: 2000 })

describe('the delay before the next attempt', () => {
  test.each([
    { of: 1, least: 2.5, most: 5 },
    { of: 2, least: 2.5, most: 10 },
    { of: 3, least: 2.5, most: 20 },
    { of: 8, least: 2.5, most: 640 },
    { of: 9, least: 2.5, most: 900 },
    { of: 1000, least: 2.5, most: 900 },
  ])('after attempt $of is between $least and $most seconds', ({ of, least, most }) => {
    expect(delaySeconds({ attempt: of, retry, random: () => 0 })).toBe(least)
    expect(delaySeconds({ attempt: of, retry, random: () => nearlyOne })).toBeCloseTo(most, 6)
  })

  test('is at least half the first delay and at most the cap', () => {
    fc.assert(
      fc.property(attempt, fraction, (of, drawn) => {
        const delay = delaySeconds({ attempt: of, retry, random: () => drawn })
        expect(delay).toBeGreaterThanOrEqual(retry.firstDelaySeconds / 2)
        expect(delay).toBeLessThanOrEqual(Math.min(retry.capSeconds, retry.firstDelaySeconds * 2 ** (of - 1)))
      }),
    )
  })

  test('is at least the Retry-After of ThingSpace, which has no other effect on it', () => {
    fc.assert(
      fc.property(attempt, fraction, fc.nat({ max: 7200 }), (of, drawn, retryAfter) => {
        const own = delaySeconds({ attempt: of, retry, random: () => drawn })
        expect(delaySeconds({ attempt: of, retryAfterSeconds: retryAfter, retry, random: () => drawn })).toBe(
          Math.max(own, retryAfter),
        )
      }),
    )
  })

  test('grows with the number of attempts for the same random number', () => {
    fc.assert(
      fc.property(attempt, fraction, (of, drawn) => {
        const at = (number: number) => delaySeconds({ attempt: number, retry, random: () => drawn })
        expect(at(of + 1)).toBeGreaterThanOrEqual(at(of))
      }),
    )
  })
})

/**
 * The repeatable actions. Verizon limits suspensions, resumptions and plan changes of a line, so they are not
 * repeatable.
 */
const harmless = new Set<ActionName>(['enable', 'disable', 'setfallbackattribute'])

describe.each(ActionName.options)('the action %s', (action) => {
  const repeatable = harmless.has(action)

  test(`is ${repeatable ? '' : 'not '}sent again automatically after a lost response`, () => {
    expect(actions[action].repeatable).toBe(repeatable)
    expect(repeatsByItself(action, account, aSetting())).toBe(repeatable)
    expect(graceSeconds(action, aSetting())).toBe(repeatable ? 60 : 1200)
  })

  test('is sent again after a lost response for the accounts in repeatUnconfirmedFor', () => {
    expect(repeatsByItself(action, account, aSetting({ repeatUnconfirmedFor: [account] }))).toBe(true)
    expect(repeatsByItself(action, account, aSetting({ repeatUnconfirmedFor: ['another'] }))).toBe(repeatable)
  })
})

test('the deadline for results is that of the action unless the deployment sets one', () => {
  expect(resultsWithinSeconds('download', aSetting())).toBe(actions.download.resultsWithinSeconds)
  expect(resultsWithinSeconds('download', aSetting({ resultsWithinSeconds: 90 }))).toBe(90)
})
