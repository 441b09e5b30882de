import { expect, test } from 'vitest'

test('runs on the deployed Node major', () => {
  expect(process.versions.node.split('.')[0]).toBe('24')
})
