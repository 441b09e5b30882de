import { inspect, isDeepStrictEqual } from 'node:util'

/** An unmet expectation. It ends the scenario and makes the demo fail. */
export class Unmet extends Error {
  override readonly name = 'Unmet'
  readonly expected: unknown
  readonly actual: unknown
  constructor(what: string, expected: unknown, actual: unknown) {
    super(what)
    this.expected = expected
    this.actual = actual
  }
}

/** Throws `Unmet` unless both values are deeply equal. `what` names the value. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Unmet(what, expected, actual)
}

/** Compares two lists and returns the pairs whose JSON differs. */
export function differences(actual: readonly unknown[], expected: readonly unknown[]): unknown[] {
  const length = Math.max(actual.length, expected.length)
  return Array.from({ length }, (_, at) => ({ actual: actual[at], expected: expected[at] })).filter(
    (pair) => JSON.stringify(pair.actual) !== JSON.stringify(pair.expected),
  )
}

/** Formats the failure of a scenario for the terminal. */
export function explainFailure(error: unknown): string[] {
  if (!(error instanceof Unmet)) return [error instanceof Error ? (error.stack ?? error.message) : inspect(error)]
  return [`not as expected: ${error.message}`, `expected ${short(error.expected)}`, `actual   ${short(error.actual)}`]
}

const short = (value: unknown): string =>
  inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20 })
