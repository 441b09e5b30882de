import { expect, test } from 'vitest'
import { joinUpdate } from '../../../../lib/store/table/update-parts.ts'

test('the parts of an update are joined by clause, with the names and values of each', () => {
  expect(
    joinUpdate(
      { set: ['a = :a', 'b = :b'], condition: ['(x OR y)'], values: { ':a': 1, ':b': 2 } },
      { remove: ['c'], add: ['#d :d'], names: { '#d': 'd' }, values: { ':d': 3 } },
      {},
      { set: ['e = :a'], remove: ['f'], condition: ['z'] },
    ),
  ).toEqual({
    UpdateExpression: 'SET a = :a, b = :b, e = :a ADD #d :d REMOVE c, f',
    ConditionExpression: '(x OR y) AND z',
    ExpressionAttributeNames: { '#d': 'd' },
    ExpressionAttributeValues: { ':a': 1, ':b': 2, ':d': 3 },
  })
})

test('an update has only the expressions that its parts need', () => {
  expect(joinUpdate({ remove: ['a'] })).toEqual({ UpdateExpression: 'REMOVE a' })
})
