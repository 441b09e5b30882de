import { beforeAll, describe, expect, test } from 'vitest'
import type { Target } from '../bench/findings.ts'
import { judge } from './judge.ts'
import { runOutages } from './kinds/outage.ts'
import { smallSize, type Measurements, type StormFindings } from './kinds/storm.ts'
import { measure } from './measuring/measure.ts'
import { notMet } from './not-met.ts'
import { bulkSizes, type SectionName, sectionNames, sections } from './sections.ts'

/** The same storms as `npm run storms`, with few devices. */
describe('small storms', () => {
  let measurements: Measurements
  beforeAll(async () => {
    const measured = new Map()
    for (const bulkDevices of bulkSizes(smallSize)) measured.set(bulkDevices, await measure({ bulkDevices }))
    measurements = measured
  })
  const findingsOf = async (name: SectionName): Promise<StormFindings> =>
    sections[name].run({ size: smallSize, measurements, say: () => undefined })

  test.each(sectionNames)('every goal of the storm %s is met, except those that are known', async (name) => {
    const findings = await findingsOf(name)
    expect(judge([{ name, findings }], { isComplete: false })).toMatchObject({ isGood: true })
  })

  test('a storm with the same measurements gives the same results', async () => {
    const [one, two] = [await findingsOf('new-table'), await findingsOf('new-table')]
    expect(one.tables).toEqual(two.tables)
  })
})

describe('comparing storms', () => {
  test('flow control spares an outage most of its calls', async () => {
    const measurements = new Map([[smallSize.bulkDevices, await measure({ bulkDevices: smallSize.bulkDevices })]])
    const { tables } = runOutages({ size: { ...smallSize, compares: true }, measurements, say: () => undefined })
    const rows = tables.flatMap((table) => (table.head.includes('POSTs in the outage') ? table.rows : []))
    const posts = (flow: string) =>
      rows.filter(([, own]) => own === flow).map((row) => Number(String(row[2]).replaceAll(',', '')))
    expect(Math.max(...posts('yes'))).toBeLessThan(Math.min(...posts('no')) / 10)
  })
})

describe('judging storms', () => {
  const aTarget = (name: string, isReached: boolean): Target => ({ name, wanted: '0', measured: '1', isReached })
  const ran = (...targets: Target[]) => [
    { name: 'day' as const, findings: { method: [], tables: [], plots: [], firstLimits: [], targets } },
  ]
  const [known = ''] = Object.keys(notMet)

  test('a goal that is not met fails, unless it is known', () => {
    expect(judge(ran(aTarget('callbacks lost', false)), { isComplete: false }).isGood).toBe(false)
    expect(judge(ran(aTarget(known, false)), { isComplete: false }).isGood).toBe(true)
  })

  test('a known goal that no storm has any more fails', () => {
    expect(judge(ran(), { isComplete: true }).isGood).toBe(false)
  })

  test('a known goal that is met now is reported', () => {
    const { lines } = judge(ran(aTarget(known, true)), { isComplete: false })
    expect(lines.join('\n')).toContain('is met now')
  })
})
