import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createLog } from '../../lib/log.ts'
import { metricRows } from '../../lib/metric-rows.ts'
import { localBody } from '../builders.ts'
import { emfOf, listen, sum, totalsOf } from '../emf.ts'
import { createWorld, aCallbackOf } from '../fakes/world.ts'

const root = join(import.meta.dirname, '../..')

describe('the table of metrics', () => {
  test('names each metric in one way only', () => {
    const shapes = Map.groupBy(metricRows, ({ metric }) => metric)
    for (const [metric, rows] of shapes) {
      const ways = new Set(rows.map(({ by, of }) => JSON.stringify([by, of])))
      expect([metric, ways.size]).toEqual([metric, 1])
      expect(metric).toMatch(/^[A-Z][A-Za-z]+$/)
    }
  })

  test('matches docs/operations.md', () => {
    const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
    expect(metricRows.map(({ metric }) => metric).filter((metric) => !page.includes(`\`${metric}\``))).toEqual([])
  })

  test('has no dimension that could name a device, a request, an account or an address', () => {
    const dimensions = new Set(metricRows.flatMap(({ by = [] }) => by))
    expect([...dimensions].toSorted()).toEqual(
      ['action', 'cause', 'code', 'from', 'outcome', 'reason', 'state', 'status', 'to', 'verdict'].toSorted(),
    )
  })
})

describe('the metric lines', () => {
  test('count each record once, with and without dimensions', () => {
    const recorded = { message: 'callback recorded', fields: { verdict: 'succeeded', outcome: 'recorded' } }
    const emf = emfOf([recorded, recorded, recorded])

    expect(emf).toHaveLength(1)
    expect(emf[0]).toMatchObject({
      service: 'gateway',
      verdict: 'succeeded',
      outcome: 'recorded',
      CallbacksRecorded: 3,
      _aws: {
        CloudWatchMetrics: [
          { Namespace: 'gateway-test', Dimensions: [['service'], ['service', 'verdict', 'outcome']] },
        ],
      },
    })
  })

  test('keep every measured value, even with many values', () => {
    const seconds = Array.from({ length: 250 }, (_, at) => at)
    const emf = emfOf(
      seconds.map((value) => ({ message: 'request completed', fields: { action: 'enable', seconds: value } })),
    )

    expect(totalsOf(emf, 'SecondsToFinal').toSorted((a, b) => a - b)).toEqual(seconds)
    expect(sum(totalsOf(emf, 'RequestsCompleted'))).toBe(250)
  })

  test.each(['89049032000001000000128460693', '3f1c8d1e-7c57', 'upstream-1', 'Account 0742', 'x'.repeat(41)])(
    'omit the confidential text "%s" in whatever field it is logged',
    (value) => {
      const text = JSON.stringify(emfOf([{ message: 'callback quarantined', fields: { reason: value } }]))
      expect(text).not.toContain(value)
      expect(text).toContain('"other"')
    },
  )

  test('are not printed for messages without a metric', () => {
    expect(emfOf([{ message: 'call started' }, { message: 'listener kept', fields: { state: 'current' } }])).toEqual([])
  })

  test('of a complete scenario are few and valid and contain no identifier', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(40))
    await world.callback(
      world.thingSpace.accepted.flatMap(({ upstreamRequestId, call }) =>
        call.devices.map((device) => aCallbackOf(upstreamRequestId, device)),
      ),
    )
    await world.pass(120)

    const emf = emfOf(world.log.lines)

    expect(sum(totalsOf(emf, 'CallbacksRecorded'))).toBe(40)
    expect(sum(totalsOf(emf, 'RequestsCompleted'))).toBe(1)
    expect(totalsOf(emf, 'SecondsToFinal')).toHaveLength(1)
    expect(emf.length).toBeLessThan(12)
    const text = JSON.stringify(emf)
    const words = [requestId, 'upstream-', 'sentinel', ...world.thingSpace.acceptedEids()]
    expect(words.filter((word) => text.includes(word))).toEqual([])
  })
})

test('every function prints its metrics', () => {
  for (const file of readdirSync(join(root, 'functions'))) {
    expect([file, readFileSync(join(root, 'functions', file), 'utf8')]).toEqual([
      file,
      expect.stringContaining('export const handler = log.metered(') as unknown,
    ])
  }
})

describe('the log', () => {
  const options = { service: 'gateway', namespace: 'gateway-test', sampleRate: 0 } as const

  test.each(['DEBUG', 'ERROR'] as const)('prints metrics at level %s when an invocation ends', async (level) => {
    const heard = listen()
    const log = createLog({ ...options, level })
    const handler = log.metered(async (fails: boolean) => {
      log.info('request replayed', { requestId: 'request-1' })
      if (fails) throw new Error('it fails')
      return 'answer'
    })
    const answers = [await handler(false), await handler(true).catch(() => 'failed')]
    const lines = heard().map((line) => JSON.parse(line) as Record<string, unknown>)

    expect(answers).toEqual(['answer', 'failed'])
    expect(lines.filter((line) => '_aws' in line).map((line) => line['RequestsReplayed'])).toEqual([1, 1])
    expect(lines.filter((line) => 'message' in line)).toHaveLength(level === 'DEBUG' ? 2 : 0)
  })

  test('is JSON with level, message and fields', () => {
    const heard = listen()
    createLog({ ...options, level: 'INFO' }).info('orphan adopted', { submission: 2 })
    expect(heard().map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'INFO', message: 'orphan adopted', submission: 2, service: 'gateway' },
    ])
  })

  test('is complete for a sampled invocation', () => {
    const heard = listen()
    createLog({ ...options, level: 'ERROR', sampleRate: 1 }).info('call started')
    expect(heard().some((line) => line.includes('"call started"'))).toBe(true)
  })
})
