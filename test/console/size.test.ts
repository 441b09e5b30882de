import { expect, test } from 'vitest'
import { buildConsole } from '../../deploy/build-console.ts'

test('the console has less than 120 KB in all, compressed with gzip', async () => {
  const files = await buildConsole()
  expect(files.length).toBeGreaterThan(1)
  expect(files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)).toBeLessThan(120_000)
})
