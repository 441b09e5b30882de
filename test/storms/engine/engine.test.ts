import { describe, expect, test } from 'vitest'
import { TableCapacity } from '../../capacity/dynamodb/table-capacity.ts'
import { seeded } from '../../simulation/random.ts'
import type { Call } from '../measuring/recipe.ts'
import { Sample } from './percentiles.ts'
import { TableCalls, Throttled } from './table-calls.ts'
import { Timeline, type Work } from './timeline.ts'

describe('virtual time', () => {
  test('things happen in the order of their times, and work continues after its wait', () => {
    const timeline = new Timeline()
    const seen: string[] = []
    timeline.at(20, () => seen.push(`later at ${timeline.now}`))
    timeline.start(
      (function* (): Work {
        seen.push(`begun at ${timeline.now}`)
        yield 10
        seen.push(`continued at ${timeline.now}`)
      })(),
    )
    timeline.run()
    expect(seen).toEqual(['begun at 0', 'continued at 10', 'later at 20'])
  })
})

describe('percentiles', () => {
  test('a share of the values is below a percentile', () => {
    const sample = new Sample()
    for (let value = 100; value > 0; value -= 1) sample.add(value)
    expect([sample.at(0), sample.at(0.5), sample.at(0.99), sample.at(1)]).toEqual([1, 51, 100, 100])
  })
})

describe('calls of the table', () => {
  const subject = { request: 1, account: 1, upstream: 1 }
  const share = (units: number) => ({ role: 'REQ', nth: 0, kind: 'write', units }) as const
  const callOf = (style: Call['style'], ...shares: Call['shares']): Call => ({ command: style, style, shares })

  /** Makes a call when its key range is used up by `before` writes. Returns when it ended, and whether it failed. */
  function made(call: Call, before: number, keepsFull = false) {
    const timeline = new Timeline()
    const table = new TableCapacity({ now: 0, indexes: [] })
    const calls = new TableCalls({ timeline, table, random: seeded(1) })
    let outcome = 'running'
    const work = function* (): Work {
      try {
        for (let index = 0; index < before; index += 1)
          yield* calls.replay([{ calls: [callOf('single', share(1000))] }], subject)
      } catch {
        // The range is full now.
      }
      const begun = timeline.now
      try {
        yield* calls.replay([{ calls: [call] }], subject)
        outcome = `done after ${Math.round((timeline.now - begun) / 1000)} s`
      } catch (error) {
        if (!(error instanceof Throttled)) throw error
        outcome = `failed after ${Math.round((timeline.now - begun) / 1000)} s`
      }
    }
    const other = function* (): Work {
      for (let index = 0; index < 10_000; index += 1) {
        if (keepsFull) while (calls.tries(callOf('single', share(1)), subject));
        yield 1
      }
    }
    timeline.start(work())
    timeline.start(other())
    timeline.run(20_000)
    return { outcome, calls }
  }

  test('a call takes its units and a few milliseconds', () => {
    const { outcome, calls } = made(callOf('single', share(5)), 0)
    expect(outcome).toBe('done after 0 s')
    expect(calls.units).toEqual({ read: 0, write: 5 })
  })

  test('a single write whose key range stays full fails after the attempts of the SDK', () => {
    const { outcome, calls } = made(callOf('single', share(5)), 1, true)
    expect(outcome).toMatch(/^failed after [01] s$/)
    expect(calls.failed).toBe(1)
  })

  test('a transaction whose key range stays full is repeated for five seconds', () => {
    expect(made(callOf('atomic', share(5)), 1, true).outcome).toMatch(/^failed after [45] s$/)
  })

  test('a transaction is repeated until there is room', () => {
    expect(made(callOf('atomic', share(900)), 1).outcome).toMatch(/^done after [0-3] s$/)
  })
})
