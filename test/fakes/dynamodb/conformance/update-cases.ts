import type { Deviations } from './backend.ts'

type Attributes = Record<string, unknown>
type Case = {
  expression: string
  values?: Attributes
  before?: Attributes
  /** The resulting attributes, or the refusal. */
  after: Attributes | 'ValidationException'
  deviations?: Deviations
}

const refused = 'ValidationException'
const padding: Deviations = { dynoxide: 'fills a list up with nulls before an element beyond its end' }
const lenientRemove: Deviations = { dynoxide: 'removes nothing where the path leads nowhere' }

/** Each update with the result of AWS. */
export const updateCases: Case[] = [
  { expression: 'SET a = :v', values: { ':v': 1 }, after: { a: 1 } },
  { expression: 'set a = :v', values: { ':v': 1 }, after: { a: 1 } },
  { expression: 'SET a = b, b = a', before: { a: 1, b: 2 }, after: { a: 2, b: 1 } },
  { expression: 'SET a = a + :v', values: { ':v': 2 }, before: { a: 1 }, after: { a: 3 } },
  { expression: 'SET a = :v - a', values: { ':v': 2 }, before: { a: 5 }, after: { a: -3 } },
  { expression: 'SET a = a + :v', values: { ':v': 0.2 }, before: { a: 0.1 }, after: { a: 0.3 } },
  { expression: 'SET a = (a + :v)', values: { ':v': 2 }, before: { a: 1 }, after: { a: 3 } },
  { expression: 'SET a = a + :v', values: { ':v': 2 }, after: refused },
  { expression: 'SET a = a + :v', values: { ':v': 2 }, before: { a: 'x' }, after: refused },
  { expression: 'SET a = a + :v', values: { ':v': 'x' }, before: { a: 1 }, after: refused },
  { expression: 'SET a = b + :v + :v', values: { ':v': 2 }, before: { b: 1 }, after: refused },
  { expression: 'SET a = absent', after: refused },
  { expression: 'SET a = if_not_exists(a, :v) + :w', values: { ':v': 0, ':w': 1 }, after: { a: 1 } },
  { expression: 'SET a = if_not_exists(a, :v)', values: { ':v': 9 }, before: { a: null }, after: { a: null } },
  { expression: 'SET a = if_not_exists(b, a)', before: { a: 1, b: 2 }, after: { a: 2, b: 2 } },
  { expression: 'SET a = if_not_exists(:v, :v)', values: { ':v': 9 }, after: refused },
  {
    expression: 'SET a = list_append(if_not_exists(a, :e), :v)',
    values: { ':e': [], ':v': [1, 'x'] },
    after: { a: [1, 'x'] },
  },
  { expression: 'SET a = list_append(:v, a)', values: { ':v': [1] }, before: { a: [2] }, after: { a: [1, 2] } },
  { expression: 'SET a = list_append(a, :v)', values: { ':v': 1 }, before: { a: [2] }, after: refused },
  { expression: 'SET a.b = :v', values: { ':v': 1 }, after: refused },
  { expression: 'SET a.b = :v', values: { ':v': 1 }, before: { a: { c: 2 } }, after: { a: { b: 1, c: 2 } } },
  { expression: 'SET a[1] = :v', values: { ':v': 9 }, before: { a: [1, 2, 3] }, after: { a: [1, 9, 3] } },
  { expression: 'SET a[9] = :v', values: { ':v': 9 }, before: { a: [1] }, after: { a: [1, 9] }, deviations: padding },
  {
    expression: 'SET a[7] = :v, a[5] = :w',
    values: { ':v': 7, ':w': 5 },
    before: { a: [1] },
    after: { a: [1, 5, 7] },
    deviations: padding,
  },
  { expression: 'SET a[0].b = :v', values: { ':v': 1 }, before: { a: [1] }, after: refused },
  { expression: 'SET a.b = :v, a = :v', values: { ':v': 1 }, before: { a: {} }, after: refused },
  { expression: 'SET a.b = :v, a[0] = :v', values: { ':v': 1 }, before: { a: {} }, after: refused },
  { expression: 'SET a = :v, a = :v', values: { ':v': 1 }, after: refused },
  { expression: 'SET a = :v SET b = :v', values: { ':v': 1 }, after: refused },
  { expression: 'SET pk = :v', values: { ':v': 'x' }, after: refused },
  { expression: 'SET a = :v REMOVE b ADD c :v', values: { ':v': 1 }, before: { b: 1, c: 1 }, after: { a: 1, c: 2 } },
  { expression: 'REMOVE a, b', before: { a: 1, c: 1 }, after: { c: 1 } },
  { expression: 'REMOVE a.b', before: { a: { b: 1, c: 1 } }, after: { a: { c: 1 } } },
  { expression: 'REMOVE a[0]', before: { a: [1, 2, 3] }, after: { a: [2, 3] } },
  {
    expression: 'REMOVE a[0], a[1]',
    before: { a: [1, 2, 3, 4] },
    after: { a: [3, 4] },
    deviations: { dynoxide: 'removes one, and then counts anew' },
  },
  { expression: 'REMOVE a[9]', before: { a: [1] }, after: { a: [1] } },
  { expression: 'REMOVE a.b', after: refused, deviations: lenientRemove },
  { expression: 'REMOVE a.b', before: { a: 'text' }, after: refused, deviations: lenientRemove },
  { expression: 'REMOVE a', after: {} },
  { expression: 'ADD a :v', values: { ':v': 3 }, after: { a: 3 } },
  { expression: 'ADD a :v', values: { ':v': -3 }, before: { a: 1 }, after: { a: -2 } },
  { expression: 'ADD a :v', values: { ':v': 0.1 }, before: { a: 0.2 }, after: { a: 0.3 } },
  { expression: 'ADD a.b :v', values: { ':v': 1 }, before: { a: {} }, after: { a: { b: 1 } } },
  { expression: 'ADD a :v', values: { ':v': 1 }, before: { a: 'x' }, after: refused },
  { expression: 'ADD a :v', values: { ':v': 'x' }, after: refused },
  {
    expression: 'ADD a :v',
    values: { ':v': new Set(['y', 'z']) },
    before: { a: new Set(['x', 'y']) },
    after: { a: new Set(['x', 'y', 'z']) },
  },
  { expression: 'ADD a :v', values: { ':v': new Set([1]) }, before: { a: new Set(['x']) }, after: refused },
  {
    expression: 'DELETE a :v',
    values: { ':v': new Set(['y', 'z']) },
    before: { a: new Set(['x', 'y']) },
    after: { a: new Set(['x']) },
  },
  { expression: 'DELETE a :v', values: { ':v': new Set(['x']) }, before: { a: new Set(['x']) }, after: {} },
  { expression: 'DELETE a :v', values: { ':v': new Set(['x']) }, after: {} },
  { expression: 'DELETE a :v', values: { ':v': new Set(['x']) }, before: { a: 1 }, after: refused },
  { expression: 'DELETE a :v', values: { ':v': 'x' }, before: { a: new Set(['x']) }, after: refused },
  { expression: 'SET shelf = :v', values: { ':v': 1 }, after: refused },
  { expression: 'SET shelf = :v', values: { ':v': '' }, after: refused },
  { expression: 'SET a = :v, b = c', values: { ':v': 1 }, before: { a: 0 }, after: refused },
  { expression: 'SET', after: refused },
  { expression: 'a = :v', values: { ':v': 1 }, after: refused },
  { expression: 'SET a = :v, a.b = :v', values: { ':v': 1 }, after: refused },
]
