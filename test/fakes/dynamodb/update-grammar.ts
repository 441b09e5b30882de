import type { Path, Term, Update } from './expression.ts'
import { type Parser, cachedParser } from './parser.ts'

const clauses = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const

/** Parses an UpdateExpression. */
export const parseUpdate = cachedParser(update)

/** Parses a ProjectionExpression. */
export const parseProjection = cachedParser((parser) => separated(parser, () => parser.path()))

function update(parser: Parser): Update {
  const result: Update = { set: [], remove: [], add: [], delete: [] }
  const seen = new Set<string>()
  do {
    const clause = clauses.find((keyword) => parser.keyword(keyword))
    if (clause === undefined) throw parser.syntaxError()
    if (seen.has(clause)) {
      throw parser.refuse(`The "${clause}" section can only be used once in an update expression;`)
    }
    seen.add(clause)
    if (clause === 'SET') result.set = separated(parser, () => assignment(parser))
    else if (clause === 'REMOVE') result.remove = separated(parser, () => parser.path())
    else if (clause === 'ADD') result.add = separated(parser, () => pathAndValue(parser, clause))
    else result.delete = separated(parser, () => pathAndValue(parser, clause))
  } while (parser.peek() !== undefined)
  return result
}

function separated<Part>(parser: Parser, part: () => Part): Part[] {
  const parts = [part()]
  while (parser.symbol(',')) parts.push(part())
  return parts
}

function assignment(parser: Parser): { path: Path; term: Term } {
  const path = parser.path()
  parser.expect('=')
  return { path, term: sum(parser) }
}

/** One term, or two with one operator: DynamoDB does not add three. */
function sum(parser: Parser): Term {
  const left = term(parser)
  const type = parser.symbol('+') ? 'plus' : parser.symbol('-') ? 'minus' : undefined
  if (type === undefined) return left
  const right = term(parser)
  for (const side of [left, right]) parser.limitLiteral(type === 'plus' ? '+' : '-', side, ['N'])
  return { type, left, right }
}

function term(parser: Parser): Term {
  if (parser.symbol('(')) {
    const inner = sum(parser)
    parser.expect(')')
    return inner
  }
  const name = parser.functionName()
  if (name === undefined) return parser.pathOrPlaceholder()
  if (name === 'if_not_exists') {
    if (parser.peek()?.startsWith(':') === true) {
      throw parser.refuse('Operator or function requires a document path; operator or function: if_not_exists')
    }
    const path = parser.path()
    parser.expect(',')
    const otherwise = term(parser)
    parser.expect(')')
    return { type: 'if_not_exists', path, otherwise }
  }
  if (name !== 'list_append') throw parser.refuse(`Invalid function name; function: ${name}`)
  const first = term(parser)
  parser.expect(',')
  const second = term(parser)
  parser.expect(')')
  for (const side of [first, second]) parser.limitLiteral(name, side, ['L'])
  return { type: 'list_append', first, second }
}

function pathAndValue(parser: Parser, clause: 'ADD' | 'DELETE'): { path: Path; value: string } {
  const path = parser.path()
  const value = parser.placeholder()
  if (value === undefined) throw parser.syntaxError()
  const sets = ['SS', 'NS', 'BS'] as const
  parser.limitLiteral(clause, { type: 'value', name: value }, clause === 'ADD' ? ['N', ...sets] : sets)
  return { path, value }
}
