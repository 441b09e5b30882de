import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readStack } from '../../deploy/read-stack.ts'
import { writeSourceMaps } from '../../deploy/write-source-maps.ts'
import { root } from './template.ts'

// As deep below the project as the folder of a package.
mkdirSync(join(root, '.vitest'), { recursive: true })
const folder = mkdtempSync(join(root, '.vitest', 'source-maps-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a position in a packaged function is shown as a line of its TypeScript source', async () => {
  await writeSourceMaps(folder)
  const bundle = readFileSync(join(folder, 'sweep-due.js'), 'utf8')
  const lines = bundle.split('\n')
  // The first occurrence is in the table of metrics, the last in the function itself.
  const line = lines.findLastIndex((text) => text.includes('sweep finished'))
  const column = (lines[line] ?? '').lastIndexOf('sweep finished')
  const stack = `Error: x\n    at handler (/var/task/functions/sweep-due.js:${line + 1}:${column})\n    at other.js:1:2`

  const read = await readStack(stack, async (name) =>
    name === 'sweep-due' ? JSON.parse(readFileSync(join(folder, 'sweep-due.js.map'), 'utf8')) : undefined,
  )

  expect(read).toMatch(/at handler \(functions\/sweep-due\.ts:\d+:\d+\)\n {4}at other\.js:1:2$/)
  const shown = Number(/sweep-due\.ts:(\d+)/.exec(read)?.[1])
  expect(readFileSync(join(root, 'functions/sweep-due.ts'), 'utf8').split('\n')[shown - 1]).toContain('sweep finished')
})
