import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { costOf } from './units.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8')
const rows = [...page.matchAll(/^\|\s+([\d,]+) \|\s+([\d,]+) \|\s+([\d.,]+) \|\s+([\d,]+) \|\s+([\d,]+) \|$/gm)].map(
  ([, ...cells]) => cells.map((cell) => Number(cell.replaceAll(',', ''))),
)

test('docs/cost.md has a row for one device and rows for bulk requests', () => {
  expect(rows.map(([devices]) => devices)).toEqual([1, 100, 1000])
})

test.each(rows)(
  'a request for %i devices costs what docs/cost.md says, within five percent',
  async (devices = 0, ...told) => {
    const { writes, reads, callbacks, logBytes } = await costOf(devices)
    const counted = [writes, reads, callbacks, logBytes]
    const off = counted.map((count, at) => Math.abs(count / (told[at] ?? 0) - 1))
    expect({ counted, told, isNear: off.every((share) => share <= 0.05) }).toMatchObject({ isNear: true })
  },
)
