import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { advice, problemCodes } from '../../lib/openapi/problems.ts'
import { problems } from '../../lib/http/problem.ts'
import { ActionName } from '../../lib/profile/order/action-names.ts'
import { holdReasons } from '../../lib/profile/status/next-step.ts'
import { actions } from '../../lib/profile/order/actions.ts'
import { faultsAt } from './schemas.ts'

const text = await readFile(join(import.meta.dirname, '../../docs/api.md'), 'utf8')

test('docs/api.md lists every problem with its status, cause and remedy', () => {
  const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\| (.*?) +\| (.*?) +\|$/gm)].map((match) =>
    match.slice(1),
  )
  const wanted = problemCodes.map((code) => [code, `${problems[code].status}`, advice[code].cause, advice[code].cure])
  expect(new Map(rows.map((row) => [row[0], row]))).toEqual(new Map(wanted.map((row) => [row[0], row])))
})

test('docs/api.md lists the identifiers and members of every body', () => {
  const rows = new Map<string, string[]>()
  let names: string[] = []
  for (const [line] of text.matchAll(/^\|.*\| `(local|device|global|consumer)` +\|.*$/gm)) {
    const [action = '', family = '', ...cells] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    if (action !== '') names = action.split(', ')
    for (const name of names) rows.set(`${name} ${family}`, cells)
  }
  const upper = (kinds: readonly string[]) => kinds.map((kind) => kind.toUpperCase()).join(', ')
  const code = (members: readonly string[]) => members.map((member) => `\`${member}\``).join(', ')
  const wanted = ActionName.options.flatMap((name) =>
    actions[name].bodies.map(({ family, requiredKinds, documentedKinds, fields }): [string, string[]] => [
      `\`${name}\` \`${family}\``,
      [
        upper(requiredKinds) || 'any one',
        upper(documentedKinds),
        code(fields.required.filter((member) => member !== 'accountName')),
        code(fields.optional),
      ],
    ]),
  )
  expect(rows).toEqual(new Map(wanted))
})

test('docs/api.md lists the reasons why an order is held, in the words of the API', () => {
  const [, table = ''] = /^\*\*Held orders\.\*\*(.*?)^The `next`/ms.exec(text) ?? []
  const rows = [...table.matchAll(/^\| ([A-Z].*?) +\| .*\|$/gm)].map(([, words]) => words)
  expect(rows).toEqual(Object.values(holdReasons))
})

test('docs/api.md links to the document and its page', () => {
  expect(text).toMatch(/\/openapi\.json/)
  expect(text).toMatch(/\/docs\b/)
})

const written = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map((match) => match[1]!)

test.each(written.map((block) => ({ block, name: block.slice(0, 60).replaceAll(/\s+/g, ' ') })))(
  'docs/api.md shows a valid example: $name',
  ({ block }) => {
    const value: unknown = JSON.parse(block)
    const schemas = ['Request', 'DevicePage', 'RequestPage', 'Problem', 'RequestCloudEvent']
    const fitting = schemas.filter((name) => faultsAt(['components', 'schemas', name], value).length === 0)
    expect(fitting).toHaveLength(1)
  },
)
