import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasTitle } from './quoted-titles.ts'
import { mutants } from './simulation/mutants.ts'
import { largeWorlds, smallWorlds } from './simulation/worlds.ts'

const page = readFileSync(join(import.meta.dirname, '../docs/reliability.md'), 'utf8')

/** Every test file by its name without `.ts`, with its text; files of the same name count as one. */
const texts = new Map<string, string>()
for (const file of readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.test.ts') && !file.endsWith('store-contract.ts')) continue
  const name = basename(file, '.ts')
  texts.set(name, `${texts.get(name) ?? ''}${readFileSync(join(import.meta.dirname, file), 'utf8')}`)
}

const named = (things: readonly { name: string }[]) => things.map(({ name }) => `('${name}',`).join('')
const others: Record<string, string> = {
  'store contract': texts.get('store-contract') ?? '',
  mutant: named(mutants),
  mutants: named(mutants),
  simulate: named([...smallWorlds, ...largeWorlds]),
}

/** The last cells of the rows that say what tests a failure or a promise. */
const cells = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && /\.test\b|\b(simulate|mutant|store contract)\b/.test(line))
  .map((line) => line.split('|').at(-2)?.trim() ?? '')

/** What a cell refers to: the name of a test file (or `mutant`, `simulate`, `store contract`), and a title or name in it. */
function referencesOf(cell: string): { source: string; title: string | undefined }[] {
  let source = ''
  return [...cell.matchAll(/([\w-]+\.test)\b|\b(store contract|mutants?|simulate)\b|"([^"]+)"/g)].map(
    ([, file, other, title]) => {
      source = file ?? other ?? source
      return { source, title }
    },
  )
}

describe('docs/reliability.md', () => {
  test('names the tests of more than fifty failures and promises', () => {
    expect(cells.length).toBeGreaterThan(50)
  })

  test.each(cells)('names existing tests, mutants and worlds in: %s', (cell) => {
    const missing = referencesOf(cell).filter(({ source, title }) => {
      const text = texts.get(source) ?? others[source]
      return text === undefined || (title !== undefined && !hasTitle(text, title))
    })
    expect(missing).toEqual([])
  })
})
