import { validation } from './errors.ts'
import { beginsWith } from './evaluate.ts'
import type { Comparator, Condition, Operand, Parsed } from './expression.ts'
import { type KeyAttribute, type KeySchema, requireKeySize } from './key.ts'
import { type Scope, resolve } from './scope.ts'
import { type Value, compare, typeOf } from './values.ts'

/** The rows that a key condition selects: one partition, and in it a range. */
export type KeyRange = { hashValue: Value; isBefore(sort: Value): boolean; isAfter(sort: Value): boolean }

type Leaf = { comparator: Comparator | 'between' | 'begins_with'; values: Value[] }

const flipped: Record<Comparator, Comparator> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** Parses a KeyConditionExpression for the key of a table or an index. */
export function keyRange(expression: Parsed<Condition>, schema: KeySchema, scope: Scope): KeyRange {
  const leaves = new Map<string, Leaf>()
  for (const condition of conjuncts(expression.root)) {
    const [name, leaf] = readLeaf(condition, scope)
    if (leaves.has(name)) throw validation('KeyConditionExpressions must only contain one condition per key')
    leaves.set(name, leaf)
  }
  const { hash, range } = schema
  const onHash = leaves.get(hash.name)
  const onRange = range && leaves.get(range.name)
  if (onHash === undefined || leaves.size > (onRange ? 2 : 1)) {
    const missed = onHash === undefined ? hash : range
    throw validation(`Query condition missed key schema element: ${missed?.name ?? hash.name}`)
  }
  if (onHash.comparator !== '=') throw validation('Query key condition not supported')
  for (const value of onHash.values) requireFit(hash, value, true)
  if (range && onRange) for (const value of onRange.values) requireFit(range, value, false)
  return { hashValue: onHash.values[0]!, ...(onRange ? bounds(onRange) : { isBefore: never, isAfter: never }) }
}

const never = () => false

function bounds({ comparator, values }: Leaf): Pick<KeyRange, 'isBefore' | 'isAfter'> {
  const low = values[0]!
  const high = values.at(-1)!
  const from = (sort: Value) => compare(sort, low)! < 0
  const upTo = (sort: Value) => compare(sort, high)! > 0
  switch (comparator) {
    case '=':
    case 'between':
      return { isBefore: from, isAfter: upTo }
    case '<':
      return { isBefore: never, isAfter: (sort) => compare(sort, high)! >= 0 }
    case '<=':
      return { isBefore: never, isAfter: upTo }
    case '>':
      return { isBefore: (sort) => compare(sort, low)! <= 0, isAfter: never }
    case '>=':
      return { isBefore: from, isAfter: never }
    case 'begins_with':
      return { isBefore: from, isAfter: (sort) => !from(sort) && !beginsWith(sort, low) }
    case '<>':
      throw validation('Invalid operator used in KeyConditionExpression: <>')
  }
}

function conjuncts(condition: Condition): Condition[] {
  return condition.type === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition]
}

function readLeaf(condition: Condition, scope: Scope): [name: string, leaf: Leaf] {
  if (condition.type === 'compare') {
    const { comparator, left, right } = condition
    if (left.type === 'value')
      return [keyName(right, scope), { comparator: flipped[comparator], values: [valueOf(left, scope)] }]
    return [keyName(left, scope), { comparator, values: [valueOf(right, scope)] }]
  }
  if (condition.type === 'between') {
    const { operand, low, high } = condition
    return [keyName(operand, scope), { comparator: 'between', values: [valueOf(low, scope), valueOf(high, scope)] }]
  }
  if (condition.type === 'begins_with') {
    return [keyName(condition.left, scope), { comparator: 'begins_with', values: [valueOf(condition.right, scope)] }]
  }
  throw validation(`Invalid operator used in KeyConditionExpression: ${condition.type.toUpperCase()}`)
}

function keyName(operand: Operand, scope: Scope): string {
  if (operand.type === 'path') {
    const [name, ...rest] = resolve(operand.path, scope)
    if (rest.length === 0) return String(name)
  }
  throw validation('KeyConditionExpressions can only contain top-level key attributes')
}

function valueOf(operand: Operand, scope: Scope): Value {
  if (operand.type === 'value') return scope.values[operand.name]!
  throw validation('Invalid condition in KeyConditionExpression: a key is compared with a value')
}

function requireFit({ name, type }: KeyAttribute, value: Value, isHash: boolean): void {
  requireKeySize(value, isHash)
  if (typeOf(value) !== type) {
    throw validation('One or more parameter values were invalid: Condition parameter type does not match schema type')
  }
  if (value === '') {
    throw validation(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    )
  }
}
