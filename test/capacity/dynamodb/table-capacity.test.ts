import { describe, expect, test } from 'vitest'
import { placeOf } from './place.ts'
import { TableCapacity, type TableCapacityOptions } from './table-capacity.ts'

const aTable = (over: Partial<TableCapacityOptions> = {}) =>
  new TableCapacity({ now: 0, indexes: ['due', 'byAccount'], ...over })

/** Writes of one unit that are accepted from `from` on, if `rate` arrive each second. */
function accepted(
  table: TableCapacity,
  {
    seconds,
    rate,
    pk,
    sk,
    from = 0,
    kind = 'write',
  }: {
    seconds: number
    rate: number
    pk: (index: number) => string
    sk?: (index: number) => string | number
    from?: number
    kind?: 'read' | 'write'
  },
): number {
  let count = 0
  for (let index = 0; index < seconds * rate; index += 1) {
    const now = from * 1000 + (index / rate) * 1000
    const key = { pk: pk(index), sk: sk?.(index) ?? '' }
    if (table.take({ key, kind, units: 1, now }) === 'taken') count += 1
  }
  return count
}
const spread = (index: number) => `device ${index}`
const minute = 60

describe('a key range', () => {
  test('one partition key takes 1,000 write units a second', () => {
    expect(accepted(aTable(), { seconds: 10, rate: 3000, pk: () => 'one' })).toBeCloseTo(11_000, -2)
  })

  test('one partition key takes 3,000 read units a second', () => {
    expect(accepted(aTable(), { seconds: 10, rate: 9000, pk: () => 'one', kind: 'read' })).toBeCloseTo(33_000, -2)
  })

  test('reads are taken while writes are throttled', () => {
    const table = aTable()
    accepted(table, { seconds: 1, rate: 3000, pk: () => 'one' })
    const key = { pk: 'one' }
    expect(table.take({ key, kind: 'write', units: 1, now: 1000 })).toBe('taken')
    for (let index = 0; index < 5; index += 1) table.take({ key, kind: 'write', units: 1, now: 1000 })
    expect(table.take({ key, kind: 'write', units: 1, now: 1000 })).toBe('throttled')
    expect(table.take({ key, kind: 'read', units: 1, now: 1000 })).toBe('taken')
  })

  test('a range keeps up to 300 seconds of unused capacity if bursts are modelled', () => {
    const table = aTable({ burstSeconds: 300 })
    expect(accepted(table, { seconds: 10, rate: 50_000, pk: () => 'one' })).toBeCloseTo(311_000, -4)
  })
})

describe('a new on-demand table', () => {
  test('it takes 4,000 write units a second if they are spread', () => {
    expect(accepted(aTable(), { seconds: 10, rate: 6000, pk: spread })).toBeCloseTo(44_000, -3)
  })

  test('it takes 12,000 read units a second if they are spread', () => {
    expect(accepted(aTable(), { seconds: 10, rate: 18_000, pk: spread, kind: 'read' })).toBeCloseTo(132_000, -3)
  })

  test('it takes no more than its first capacity within half an hour of a peak', () => {
    const table = aTable({ heatSeconds: Infinity })
    accepted(table, { seconds: 2 * minute, rate: 4000, pk: spread })
    const later = { seconds: 10, rate: 9000, pk: spread, from: 20 * minute }
    expect(accepted(table, later)).toBeCloseTo(44_000, -3)
  })

  test('half an hour after a peak it takes twice as much', () => {
    const table = aTable({ heatSeconds: Infinity })
    accepted(table, { seconds: 2 * minute, rate: 4000, pk: spread })
    accepted(table, { seconds: 1, rate: 100, pk: spread, from: 40 * minute })
    const later = { seconds: 10, rate: 12_000, pk: spread, from: 41 * minute }
    expect(accepted(table, later)).toBeGreaterThan(80_000)
  })
})

describe('splitting a hot range', () => {
  const hot = (table: TableCapacity, sk: (index: number) => string | number) => ({
    before: accepted(table, { seconds: 10, rate: 3000, pk: () => 'one', sk }),
    during: accepted(table, { seconds: 6 * minute, rate: 1500, pk: () => 'one', sk, from: 10 }),
    after: accepted(table, { seconds: 10, rate: 3000, pk: () => 'one', sk, from: 10 + 6 * minute }),
  })
  const shuffled = (index: number) => (index * 7919) % 10_007

  test('items of one partition key that are hot together are divided after minutes', () => {
    const { before, after } = hot(aTable(), shuffled)
    expect(before).toBeLessThan(11_100)
    expect(after).toBeGreaterThan(19_000)
  })

  test('a single hot item is never divided', () => {
    expect(hot(aTable(), () => 'item').after).toBeLessThan(11_100)
  })

  test('keys that only grow are not helped, because all new items are in the last range', () => {
    let last = 0
    expect(hot(aTable(), () => (last += 1)).after).toBeLessThan(12_100)
  })
})

describe('a global index', () => {
  const entry = (pk: string) => ({ place: placeOf({ pk }), kind: 'write', units: 1 }) as const

  test('an index that is full throttles the writes of the table', () => {
    const table = aTable()
    const outcomes = Array.from({ length: 1500 }, (_, index) =>
      table.takeAll([entry(spread(index)), { ...entry('one'), index: 'due' }], 0),
    )
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(1000)
    expect(table.refused.get('due write')).toBe(500)
  })

  test('a throttled write takes nothing from any range', () => {
    const table = aTable()
    for (let index = 0; index < 1000; index += 1) table.takeAll([{ ...entry('one'), index: 'due' }], 0)
    const both = [entry('one'), { ...entry('one'), index: 'due' }]
    for (let index = 0; index < 500; index += 1) table.takeAll(both, 0)
    const alone = Array.from({ length: 1000 }, () => table.takeAll([entry('one')], 0))
    expect(alone).not.toContain('throttled')
  })

  test('reads of a full index do not throttle the table', () => {
    const table = aTable()
    const page = { key: { pk: 'one' }, index: 'due', kind: 'read', units: 3000, now: 0 } as const
    table.take(page)
    expect(table.take(page)).toBe('throttled')
    expect(table.take({ key: { pk: 'one' }, kind: 'read', units: 1, now: 0 })).toBe('taken')
    expect(table.take({ key: { pk: 'one' }, index: 'due', kind: 'write', units: 1, now: 0 })).toBe('taken')
  })

  test('each index has key ranges of its own', () => {
    const table = aTable({ ranges: 2 })
    expect([table.rangesOf(), table.rangesOf('due'), table.rangesOf('byAccount')]).toEqual([2, 2, 2])
  })
})
