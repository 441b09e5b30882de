import { StartError } from '../start-error.ts'

type Pattern = Readonly<Record<string, unknown>>
type Test = (value: unknown) => boolean

/**
 * Compiles Lambda event filter patterns. An object matches members, and a list holds the alternatives for a value.
 * Supports the operators `prefix`, `exists` and `anything-but`, and throws `StartError` for others.
 */
export function eventFilter(patterns: readonly Pattern[]): Test {
  if (patterns.length === 0) return () => true
  const tests = patterns.map((pattern) => compileObject(pattern))
  return (record) => tests.some((test) => test(record))
}

function compileObject(pattern: object): Test {
  const tests = Object.entries(pattern).map(([key, inner]): [string, Test] => [key, compile(inner)])
  return (value) => tests.every(([key, test]) => test(memberOf(value, key)))
}

function compile(pattern: unknown): Test {
  if (Array.isArray(pattern)) {
    const tests = pattern.map(compileRule)
    // A list in the record matches if one of its values matches.
    return (value) => tests.some((test) => (Array.isArray(value) ? value.some(test) : test(value)))
  }
  if (typeof pattern === 'object' && pattern !== null) return compileObject(pattern)
  throw new StartError(`serverless.yml: a filter pattern must have a list instead of ${JSON.stringify(pattern)}.`)
}

function compileRule(rule: unknown): Test {
  if (typeof rule !== 'object' || rule === null) return (value) => value === rule
  const [operator, operand]: unknown[] = Object.entries(rule)[0] ?? []
  switch (operator) {
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(String(operand))
    case 'exists':
      return (value) => (value !== undefined) === operand
    case 'anything-but': {
      const excluded: unknown[] = Array.isArray(operand) ? operand : [operand]
      return (value) => value !== undefined && !excluded.includes(value)
    }
    default:
      throw new StartError(`serverless.yml: the local stack does not support the filter rule ${JSON.stringify(rule)}.`)
  }
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
