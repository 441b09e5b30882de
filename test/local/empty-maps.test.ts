import { expect, test } from 'vitest'
import { withEmptyMaps } from '../../local/event-sources/empty-maps.ts'

test('a value without a type is read as an empty map, at any depth', () => {
  expect(
    withEmptyMaps({ error: {}, attempts: { L: [{ M: { error: {} } }] }, summary: { M: { by: { M: {} } } } }),
  ).toEqual({
    error: { M: {} },
    attempts: { L: [{ M: { error: { M: {} } } }] },
    summary: { M: { by: { M: {} } } },
  })
})

test('every other value stays unchanged', () => {
  const image = {
    s: { S: '' },
    l: { L: [] },
    b: { B: 'AQI=' },
    n: { NULL: true },
    ss: { SS: ['x'] },
    f: { BOOL: false },
  }
  expect(withEmptyMaps(image)).toEqual(image)
  expect(withEmptyMaps(undefined)).toBeUndefined()
})
