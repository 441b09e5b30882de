import type { Comparator, Condition, Operand } from './expression.ts'
import { type Scope, lookUp } from './scope.ts'
import { type Item, type Value, compare, elementKey, equals, isMap, typeOf } from './values.ts'

/** Whether a condition is true for an item, or for a missing one. */
export function holds(condition: Condition, item: Item | undefined, scope: Scope): boolean {
  switch (condition.type) {
    case 'and':
      return holds(condition.left, item, scope) && holds(condition.right, item, scope)
    case 'or':
      return holds(condition.left, item, scope) || holds(condition.right, item, scope)
    case 'not':
      return !holds(condition.condition, item, scope)
    case 'exists':
      return (lookUp(condition.path, item, scope) !== undefined) === condition.expected
    case 'compare':
      return compares(condition.comparator, read(condition.left, item, scope), read(condition.right, item, scope))
    case 'between': {
      const value = read(condition.operand, item, scope)
      return (
        compares('>=', value, read(condition.low, item, scope)) &&
        compares('<=', value, read(condition.high, item, scope))
      )
    }
    case 'in': {
      const value = read(condition.operand, item, scope)
      return condition.list.some((candidate) => compares('=', value, read(candidate, item, scope)))
    }
    case 'attribute_type': {
      const value = read(condition.left, item, scope)
      return value !== undefined && typeOf(value) === read(condition.right, item, scope)
    }
    case 'begins_with':
      return beginsWith(read(condition.left, item, scope), read(condition.right, item, scope))
    case 'contains':
      return contains(read(condition.left, item, scope), read(condition.right, item, scope))
  }
}

function read(operand: Operand, item: Item | undefined, scope: Scope): Value | undefined {
  if (operand.type === 'value') return scope.values[operand.name]
  const value = lookUp(operand.path, item, scope)
  return operand.type === 'size' ? sizeOf(value) : value
}

/** A missing attribute equals nothing and precedes nothing, so it differs from everything. */
function compares(comparator: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return comparator === '<>'
  if (comparator === '=') return equals(left, right)
  if (comparator === '<>') return !equals(left, right)
  const order = compare(left, right)
  if (order === undefined) return false
  if (comparator === '<') return order < 0
  if (comparator === '<=') return order <= 0
  return comparator === '>' ? order > 0 : order >= 0
}

export function beginsWith(value: Value | undefined, prefix: Value | undefined): boolean {
  if (typeof value === 'string' && typeof prefix === 'string') return value.startsWith(prefix)
  if (!(value instanceof Uint8Array) || !(prefix instanceof Uint8Array)) return false
  return Buffer.compare(value.subarray(0, prefix.length), prefix) === 0
}

function contains(value: Value | undefined, part: Value | undefined): boolean {
  if (value === undefined || part === undefined) return false
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part)
  if (Array.isArray(value)) return value.some((element) => equals(element, part))
  if (value instanceof Uint8Array) return part instanceof Uint8Array && Buffer.from(value).includes(Buffer.from(part))
  if (!(value instanceof Set)) return false
  if (!(part instanceof Uint8Array)) return (typeof part === 'string' || typeof part === 'number') && value.has(part)
  return [...value].some((element) => elementKey(element) === elementKey(part))
}

/** Strings count in UTF-16 units, as in DynamoDB, which is written in Java. */
function sizeOf(value: Value | undefined): number | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array || Array.isArray(value)) return value.length
  if (value instanceof Set) return value.size
  return isMap(value) ? Object.keys(value).length : undefined
}
