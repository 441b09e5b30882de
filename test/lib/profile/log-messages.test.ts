import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const union = 'lib/profile/log-messages.ts'
const messages = [...readFileSync(join(root, union), 'utf8').matchAll(/^ {2}\| '([^']+)'$/gm)].flatMap((match) =>
  match.slice(1),
)

const callers = ['lib', 'functions', 'ops']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.ts') && ![union, 'lib/metric-rows.ts'].includes(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

// The compiler refuses a message that is not in the union. It does not see a message in the union that no code logs any
// more, whose metrics would be zero for good.
test('every message in the union of log messages is logged', () => {
  expect(messages.length).toBeGreaterThan(50)
  expect(messages.filter((message) => !new RegExp(`\\.(info|warn|error)\\(\\s*'${message}'`).test(callers))).toEqual([])
})
