import { describe, expect, test } from 'vitest'
import type { Flow } from '../../../../lib/profile/flow-control/flow.ts'
import { nextTurn } from '../../../../lib/profile/flow-control/turns.ts'
import type { Lane } from '../../../../lib/profile/request/submission.ts'
import { noon } from '../records.ts'
import { fc } from '../../../properties.ts'

type Call = { lane: Lane; at: number }

/** When these calls begin. Bulk orders ask again until they get a turn, and single ones that would be late are held elsewhere. */
function beginsOf(calls: readonly Call[], callsPerMinute: number) {
  const begins: (Call & { startAt: number })[] = []
  let turns: Flow['turns']
  let waiting = [...calls]
  for (let asked = 0; waiting.length > 0 && asked < 5_000; asked += 1) {
    waiting.sort((a, b) => a.at - b.at)
    const [call, ...others] = waiting
    waiting = others
    if (call === undefined) break
    const { lane, at: now } = call
    const turn = nextTurn({ turns }, { lane, now, latestStart: now + 2_000, callsPerMinute })
    if (turn.kind !== 'turn') {
      if (lane === 'bulk') waiting.push({ ...call, at: turn.until })
      continue
    }
    turns = turn.turns
    begins.push({ ...call, startAt: turn.startAt })
  }
  return begins
}

const calls = fc.array(
  fc.record({ lane: fc.constantFrom<Lane>('single', 'bulk'), at: fc.nat(20_000).map((after) => noon + after) }),
  { maxLength: 120 },
)
const rates = fc.constantFrom(6, 60, 480, 6_000)

describe('turns', () => {
  test('begin no more calls in any time than the contract allows, and a quarter of a second worth of them more', () => {
    const property = fc.property(calls, rates, (asked, callsPerMinute) => {
      const starts = beginsOf(asked, callsPerMinute).map(({ startAt }) => startAt)
      const interval = 60_000 / callsPerMinute
      for (const from of starts)
        for (const until of starts.filter((each) => each >= from)) {
          const count = starts.filter((each) => each >= from && each <= until).length
          expect(count).toBeLessThanOrEqual((until - from + 250) / interval + 2)
        }
    })
    fc.assert(property, { numRuns: 100 })
  })

  test('let single orders begin at once beside a bulk order, as long as there are fewer of them than turns', () => {
    const bulk = Array.from({ length: 60 }, (_, index): Call => ({ lane: 'bulk', at: noon + index }))
    const singles = Array.from({ length: 20 }, (_, index): Call => ({ lane: 'single', at: noon + 103 + index * 250 }))

    const begins = beginsOf([...bulk, ...singles], 480)

    const waits = begins.filter(({ lane }) => lane === 'single').map(({ at, startAt }) => startAt - at)
    expect(waits).toHaveLength(20)
    expect(Math.max(...waits)).toBe(0)
    expect(begins.filter(({ lane }) => lane === 'bulk')).toHaveLength(60)
  })

  test('give bulk orders every tenth turn while single orders need all of them', () => {
    const singles = Array.from({ length: 2_000 }, (_, index): Call => ({ lane: 'single', at: noon + index * 10 }))
    const bulk = Array.from({ length: 30 }, (_, index): Call => ({ lane: 'bulk', at: noon + index }))

    const inTwentySeconds = beginsOf([...singles, ...bulk], 480).filter(({ startAt }) => startAt < noon + 20_000)

    const ofBulk = inTwentySeconds.filter(({ lane }) => lane === 'bulk').length
    expect(inTwentySeconds.length).toBeGreaterThan(155)
    expect(inTwentySeconds.length / ofBulk).toBeGreaterThan(9)
    expect(inTwentySeconds.length / ofBulk).toBeLessThan(12)
  })

  test('are not taken by a single order more than a second before, and not if they are too late', () => {
    const turns = { nextAt: noon + 2_150, bulkAt: 0 }
    const single = { lane: 'single', now: noon, latestStart: noon + 2_000, callsPerMinute: 60 } as const
    expect(nextTurn({ turns }, single)).toEqual({ kind: 'wait', until: noon + 900 })
    expect(nextTurn({ turns }, { ...single, now: noon + 900 })).toMatchObject({ kind: 'turn', startAt: noon + 1_900 })
    expect(nextTurn({ turns }, { ...single, latestStart: noon + 1_899 })).toEqual({ kind: 'late', until: noon + 1_900 })
  })

  test('are left to single orders that are held, except every tenth', () => {
    const bulk = { lane: 'bulk', now: noon, latestStart: noon + 2_000, callsPerMinute: 60 } as const
    const at = (bulkAt: number) =>
      nextTurn({ turns: { nextAt: noon - 1, bulkAt }, singlesWaitUntil: noon + 15_000 }, bulk).kind
    expect(at(noon - 1_000)).toBe('late')
    expect(at(noon - 9_000)).toBe('wait')
    expect(at(noon - 10_000)).toBe('turn')
  })
})
