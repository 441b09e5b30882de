import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasTitle } from './quoted-titles.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/security.md'), 'utf8')

type Promise = { promise: string; shownBy: { file: string; title: string }[] }

/** The rows of the tables with the columns "Promise" and "Shown by". */
const promises: Promise[] = page
  .split(/\n(?!\|)/)
  .filter((block) => /\| *Promise *\| *Shown by *\|/.test(block))
  .flatMap((block) => block.slice(block.indexOf('| Promise')).split('\n').slice(2))
  .filter((row) => row.startsWith('|'))
  .map((row) => {
    const [, promise = '', shownBy = ''] = row.split('|').map((cell) => cell.trim())
    const references = [...shownBy.matchAll(/`(test\/[\w./-]+\.test\.ts)` "([^"]+)"/g)]
    return { promise, shownBy: references.map(([, file = '', title = '']) => ({ file, title })) }
  })

describe('docs/security.md', () => {
  test('has tables of promises', () => {
    expect(promises.length).toBeGreaterThan(20)
    expect(new Set(promises.map(({ promise }) => promise)).size).toBe(promises.length)
  })

  test.each(promises)('names an existing test for the promise: $promise', ({ shownBy }) => {
    expect(shownBy).not.toEqual([])
    for (const { file, title } of shownBy) {
      const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
      expect([file, title, hasTitle(text, title)]).toEqual([file, title, true])
    }
  })
})
