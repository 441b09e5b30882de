import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { badDayKinds } from '../../../local/simulator/bad-days.ts'
import { magicTable } from '../../../local/simulator/magic-table.ts'

const folder = new URL('../../../local/simulator/', import.meta.url)
const readme = readFileSync(new URL('README.md', folder), 'utf8')

/** The first cells of every row that begins with a code span. */
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))

test('the README lists the magic identifiers of the code, row by row', () => {
  const shown = rows
    .filter(([, first]) => /^`9\d{3}`$/.test(first!))
    .map(([, suffix, name, summary]) => [suffix, name, summary])
  expect(shown).toEqual(magicTable.map(({ suffix, name, summary }) => [`\`${suffix}\``, name, summary]))
})

test('the suffixes of the outcomes are unique and differ from those of documented examples', () => {
  const suffixes = magicTable.map(({ suffix }) => suffix)
  expect(new Set(suffixes).size).toBe(suffixes.length)
  for (const documented of ['0840', '4259', '2019', '1920', '4008', '6456']) expect(suffixes).not.toContain(documented)
})

test('the README names every bad day', () => {
  const shown = rows.map(([, first]) => first!.replaceAll('`', ''))
  for (const kind of badDayKinds) expect(shown).toContain(kind)
})

test('the README lists exactly the existing variables', () => {
  const main = readFileSync(new URL('main.ts', folder), 'utf8')
  const variables = (text: string) => new Set(text.match(/\bSIMULATOR_[A-Z_]+\b/g))
  expect(variables(readme)).toEqual(variables(main))
})
