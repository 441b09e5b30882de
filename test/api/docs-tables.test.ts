import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { advice, problemCodes } from '../../lib/api/problems.ts'
import { problems } from '../../lib/http/problem.ts'

const text = await readFile(join(import.meta.dirname, '../../docs/api.md'), 'utf8')

test('docs/api.md lists every problem with its status, its cause and its cure', () => {
  const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\| (.*?) +\| (.*?) +\|$/gm)].map((match) =>
    match.slice(1),
  )
  const wanted = problemCodes.map((code) => [code, `${problems[code].status}`, advice[code].cause, advice[code].cure])
  expect(new Map(rows.map((row) => [row[0], row]))).toEqual(new Map(wanted.map((row) => [row[0], row])))
})

test('docs/api.md leads to the document and its page', () => {
  expect(text).toMatch(/\/openapi\.json/)
  expect(text).toMatch(/\/docs\b/)
})
