import { describe, expect, test } from 'vitest'
import { poll } from '../../local/demo/poll.ts'
import type { Outcome, Scenario } from '../../local/demo/scenario.ts'
import { scenarios } from '../../local/demo/scenarios.ts'
import { bulkOutcomes } from '../../local/demo/scenarios/bulk-outcomes.ts'
import { device, iccidOf } from '../../local/demo/devices.ts'
import { summary } from '../../local/demo/summary.ts'
import { differences, expectEqual, explainFailure, Unmet } from '../../local/demo/unmet.ts'
import { magicOutcome } from '../../local/simulator/magic-identifiers.ts'

// `npm run demo` runs the scenarios themselves.

test('every scenario of the demo has its own name and says what it shows', () => {
  const names = scenarios.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(scenarios.filter(({ shows }) => shows.length === 0 || shows.length > 90)).toEqual([])
})

test('the bulk scenario has 1,000 devices and matches the number of callbacks that the simulator sends', () => {
  expect(bulkOutcomes.reduce((sum, { devices }) => sum + devices, 0)).toBe(1000)
  for (const { iccidEnd, messages } of bulkOutcomes) {
    const outcome = magicOutcome([{ kind: 'iccid', id: `8914800000000000${iccidEnd}` }])
    expect([iccidEnd, outcome.kind === 'accepted' ? outcome.steps.length : 0]).toEqual([iccidEnd, messages])
  }
})

test('the devices of the demo are all different and have magic endings', () => {
  const devices = Array.from({ length: 2000 }, () => device('9005'))
  expect(new Set(devices.map(({ deviceIds }) => deviceIds[0]?.id)).size).toBe(2000)
  expect(new Set(devices.map(iccidOf)).size).toBe(2000)
  expect(devices.every((each) => /^\d{16}9005$/.test(iccidOf(each)))).toBe(true)
})

describe('the table at the end of the demo', () => {
  const scenario = (name: string): Scenario => ({ name, shows: `shows ${name}`, play: async () => undefined })
  const outcomes: Outcome[] = [
    { scenario: scenario('one'), seconds: 1.24, failure: undefined },
    {
      scenario: scenario('another'),
      seconds: 12,
      failure: ['not as expected: the status', 'expected 1', 'actual   2'],
    },
  ]

  test('has one line per scenario and says which failed', () => {
    expect(summary(outcomes)).toEqual([
      'Scenario  What was shown                       Seconds',
      '--------  -----------------------------------  -------',
      'one       shows one                                1.2',
      'another   FAILED: not as expected: the status     12.0',
      '',
      'demo: 1 of 2 scenarios as expected',
    ])
  })
})

test('an unexpected result ends its scenario', () => {
  expect(() => expectEqual('the status', { status: 'failed' }, { status: 'succeeded' })).toThrow(Unmet)
  expect(() => expectEqual('the status', { status: 'failed' }, { status: 'failed' })).not.toThrow()
})

test('an unexpected result is shown with both sides, and any other error with its stack', () => {
  expect(explainFailure(new Unmet('the status', { status: 'succeeded' }, { status: 'failed' }))).toEqual([
    'not as expected: the status',
    "expected { status: 'succeeded' }",
    "actual   { status: 'failed' }",
  ])
  expect(explainFailure(new TypeError('fetch failed'))[0]).toMatch(/^TypeError: fetch failed\n +at /)
})

test('missing and additional rows are differences as well', () => {
  expect(differences([1, 2, 3], [1, 2])).toEqual([{ actual: 3, expected: undefined }])
  expect(differences([1], [1, 2])).toEqual([{ actual: undefined, expected: 2 }])
  expect(differences([{ a: 1 }], [{ a: 1 }])).toEqual([])
})

test('a poll prints its first and its last state and not every one between', async () => {
  const lines: string[] = []
  let looks = 0
  const last = await poll({
    what: 'three',
    look: async () => (looks += 1),
    until: (value) => value === 3,
    tell: (value) => `look ${value}`,
    say: (line) => lines.push(line.trim()),
  })
  expect(last).toBe(3)
  expect(lines.map((line) => line.replace(/^[\d.]+ s +/, ''))).toEqual(['look 1', 'look 3'])
})
