import type { Comparator, Condition, Operand } from './expression.ts'
import { type Parser, cachedParser } from './parser.ts'
import type { Type } from './values.ts'

const comparators: readonly string[] = ['=', '<>', '<', '<=', '>', '>='] satisfies Comparator[]
const ordered: readonly Type[] = ['S', 'N', 'B']

/**
 * Parses a ConditionExpression, FilterExpression or KeyConditionExpression. OR has the lowest precedence, then AND,
 * then NOT.
 */
export const parseCondition = cachedParser(disjunction)

function disjunction(parser: Parser): Condition {
  let left = conjunction(parser)
  while (parser.keyword('OR')) left = { type: 'or', left, right: conjunction(parser) }
  return left
}

function conjunction(parser: Parser): Condition {
  let left = negation(parser)
  while (parser.keyword('AND')) left = { type: 'and', left, right: negation(parser) }
  return left
}

function negation(parser: Parser): Condition {
  return parser.keyword('NOT') ? { type: 'not', condition: negation(parser) } : primary(parser)
}

function primary(parser: Parser): Condition {
  if (parser.symbol('(')) return parenthesized(parser)
  const name = parser.functionName()
  if (name !== undefined && name !== 'size') return predicate(parser, name)
  return comparison(parser, name === 'size' ? sizeOf(parser) : parser.pathOrPlaceholder())
}

function parenthesized(parser: Parser): Condition {
  const condition = disjunction(parser)
  if (!parser.symbol(')')) throw parser.syntaxError()
  // `((a = :v))` is refused and `((a = :v) AND b = :w)` is not: only a redundant pair counts.
  if (bare.has(condition)) throw parser.refuse('The expression has redundant parentheses;')
  bare.add(condition)
  return condition
}

/** The conditions that have parentheses of their own. */
const bare = new WeakSet<Condition>()

function comparison(parser: Parser, operand: Operand): Condition {
  if (parser.keyword('BETWEEN')) return between(parser, operand)
  if (parser.keyword('IN')) return membership(parser, operand)
  const comparator = parser.peek()
  if (comparator === undefined || !comparators.includes(comparator)) {
    if (operand.type === 'size') throw misused(parser, 'size')
    throw parser.syntaxError()
  }
  parser.expect(comparator)
  const right = valueOperand(parser)
  requireDistinct(parser, comparator, operand, right)
  if (comparator !== '=' && comparator !== '<>') {
    for (const side of [operand, right]) parser.limitLiteral(comparator, side, ordered)
  }
  return { type: 'compare', comparator: comparator as Comparator, left: operand, right }
}

function between(parser: Parser, operand: Operand): Condition {
  const low = valueOperand(parser)
  if (!parser.keyword('AND')) throw parser.syntaxError()
  const high = valueOperand(parser)
  for (const side of [operand, low, high]) parser.limitLiteral('BETWEEN', side, ordered)
  if (low.type === 'value' && high.type === 'value') parser.literalBounds.push([low.name, high.name])
  return { type: 'between', operand, low, high }
}

function membership(parser: Parser, operand: Operand): Condition {
  parser.expect('(')
  const list = [valueOperand(parser)]
  while (parser.symbol(',')) list.push(valueOperand(parser))
  parser.expect(')')
  if (list.length > 100) throw parser.refuse('The IN operator is provided with too many operands;')
  return { type: 'in', operand, list }
}

function predicate(parser: Parser, name: string): Condition {
  const condition = predicateOf(parser, name)
  parser.expect(')')
  if (comparators.includes(parser.peek() ?? '')) throw misused(parser, name)
  return condition
}

function predicateOf(parser: Parser, name: string): Condition {
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists': {
      if (parser.peek()?.startsWith(':') === true) {
        throw parser.refuse(`Operator or function requires a document path; operator or function: ${name}`)
      }
      return { type: 'exists', path: parser.path(), expected: name === 'attribute_exists' }
    }
    case 'attribute_type':
    case 'begins_with':
    case 'contains': {
      const left = valueOperand(parser)
      parser.expect(',')
      const right = valueOperand(parser)
      requireDistinct(parser, name, left, right)
      if (name === 'begins_with') for (const side of [left, right]) parser.limitLiteral(name, side, ['S', 'B'])
      if (name === 'attribute_type') parser.limitLiteral(name, right, ['S'])
      return { type: name, left, right }
    }
    default:
      throw parser.refuse(`Invalid function name; function: ${name}`)
  }
}

function valueOperand(parser: Parser): Operand {
  const name = parser.functionName()
  if (name === undefined) return parser.pathOrPlaceholder()
  if (name === 'size') return sizeOf(parser)
  throw misused(parser, name)
}

function sizeOf(parser: Parser): Operand {
  const path = parser.path()
  parser.expect(')')
  return { type: 'size', path }
}

const misused = (parser: Parser, name: string) =>
  parser.refuse(`The function is not allowed to be used this way in an expression; function: ${name}`)

function requireDistinct(parser: Parser, operator: string, left: Operand, right: Operand): void {
  if (left.type !== 'path' || right.type !== 'path') return
  if (left.path.segments.join('.') !== right.path.segments.join('.')) return
  throw parser.refuse(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}`,
  )
}
