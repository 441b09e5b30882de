import { describe, expect, test } from 'vitest'
import type { Flow } from '../../../../lib/profile/flow-control/flow.ts'
import { nextTurn } from '../../../../lib/profile/flow-control/turns.ts'
import type { Lane } from '../../../../lib/profile/request/submission.ts'
import { noon } from '../records.ts'
import { fc } from '../../../properties.ts'

type Call = { lane: Lane; at: number }

/** When these calls begin. Bulk orders ask again at the end of each wait, and single ones are held elsewhere. */
function beginsOf(calls: readonly Call[], callsPerMinute: number) {
  const begins: (Call & { startAt: number })[] = []
  let turns: Flow['turns']
  let waiting = [...calls]
  for (let asked = 0; waiting.length > 0 && asked < 5_000; asked += 1) {
    waiting.sort((a, b) => a.at - b.at)
    const [call, ...others] = waiting
    waiting = others
    if (call === undefined) break
    const turn = nextTurn(turns, { lane: call.lane, now: call.at, callsPerMinute })
    if (turn.kind === 'wait') {
      if (call.lane === 'bulk') waiting.push({ ...call, at: turn.until })
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

  test('hold a single order whose turn is more than a second away', () => {
    const turns = { nextAt: noon + 1_300, bulkAt: 0 }
    expect(nextTurn(turns, { lane: 'single', now: noon, callsPerMinute: 60 })).toEqual({
      kind: 'wait',
      until: noon + 1_050,
    })
    expect(nextTurn(turns, { lane: 'single', now: noon + 50, callsPerMinute: 60 })).toMatchObject({
      kind: 'turn',
      startAt: noon + 1_050,
    })
  })
})
