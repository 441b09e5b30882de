import { type Marshalling, takeIn } from './copy.ts'
import { validation } from './errors.ts'
import type { Parsed, Path } from './expression.ts'
import { type Item, type Value, compare, typeOf } from './values.ts'

/** The names and values behind a request's placeholders. */
export type Scope = { names: Readonly<Record<string, string>>; values: Item }

type Placeholders = {
  ExpressionAttributeNames?: Record<string, string> | undefined
  ExpressionAttributeValues?: object | undefined
}

const nothing = {}
const typeNames: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'])

/** Binds the expressions of one request. Refuses undefined and unused placeholders and impossible types. */
export function bind(request: Placeholders, expressions: readonly Parsed<unknown>[], marshalling: Marshalling): Scope {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: given } = request
  const values = given === undefined ? nothing : takeIn(given, marshalling)
  for (const expression of expressions) {
    for (const name of expression.names) {
      if (names?.[name] === undefined) {
        throw refuse(
          expression,
          `An expression attribute name used in the document path is not defined; attribute name: ${name}`,
        )
      }
    }
    for (const value of expression.values) {
      if (!(value in values)) {
        throw refuse(
          expression,
          `An expression attribute value used in expression is not defined; attribute value: ${value}`,
        )
      }
    }
    if (expression.literalRules.length > 0 || expression.literalBounds.length > 0) checkLiterals(expression, values)
  }
  if (names !== undefined) requireUse('ExpressionAttributeNames', names, expressions, 'names')
  if (given !== undefined) requireUse('ExpressionAttributeValues', values, expressions, 'values')
  return { names: names ?? nothing, values }
}

/** The names and indexes of a path, with its placeholders replaced. */
export function resolve(path: Path, scope: Scope): readonly (string | number)[] {
  if (!path.hasPlaceholder) return path.segments
  return path.segments.map((segment) =>
    typeof segment === 'string' && segment.startsWith('#') ? scope.names[segment]! : segment,
  )
}

/** The value at a path of an item. */
export function lookUp(path: Path, item: Item | undefined, scope: Scope): Value | undefined {
  let value: Value | undefined = item
  for (const segment of path.segments) {
    if (typeof value !== 'object' || value === null) return undefined
    if (typeof segment === 'number') value = Array.isArray(value) ? value[segment] : undefined
    else if (Array.isArray(value) || value instanceof Set || value instanceof Uint8Array) return undefined
    else value = value[segment.startsWith('#') ? scope.names[segment]! : segment]
  }
  return value
}

function requireUse(
  parameter: string,
  given: object,
  expressions: readonly Parsed<unknown>[],
  kind: 'names' | 'values',
): void {
  if (expressions.length === 0) throw validation(`${parameter} can only be specified when using expressions`)
  const unused: string[] = []
  let count = 0
  for (const name in given) {
    count++
    if (!expressions.some((expression) => expression[kind].has(name))) unused.push(name)
  }
  if (count === 0) throw validation(`${parameter} must not be empty`)
  if (unused.length > 0) {
    throw validation(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`)
  }
}

function checkLiterals(expression: Parsed<unknown>, values: Item): void {
  for (const { value, operator, types } of expression.literalRules) {
    const type = typeOf(values[value]!)
    if (!types.includes(type)) {
      throw refuse(
        expression,
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
      )
    }
    if (operator === 'attribute_type' && !typeNames.has(values[value] as string)) {
      throw refuse(expression, 'Invalid attribute type name found')
    }
  }
  for (const [low, high] of expression.literalBounds) {
    const order = compare(values[low]!, values[high]!)
    if (order === undefined)
      throw refuse(expression, 'The BETWEEN operator requires same data type for lower and upper bounds')
    if (order > 0) {
      throw refuse(expression, 'The BETWEEN operator requires upper bound to be greater than or equal to lower bound')
    }
  }
}

const refuse = (expression: Parsed<unknown>, message: string) =>
  validation(`Invalid ${expression.parameter}: ${message}`)
