import { inspect, isDeepStrictEqual } from 'node:util'

/** What a scenario expected and did not find. Ends the scenario, and makes the demo fail. */
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

/** Ends the scenario unless the two are deeply equal. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Unmet(what, expected, actual)
}

/** The pairs that differ in their JSON, of two lists that should be the same. */
export function differences(actual: readonly unknown[], expected: readonly unknown[]): unknown[] {
  const length = Math.max(actual.length, expected.length)
  return Array.from({ length }, (_, at) => ({ actual: actual[at], expected: expected[at] })).filter(
    (pair) => JSON.stringify(pair.actual) !== JSON.stringify(pair.expected),
  )
}

/** Why a scenario failed, in lines for the person at the terminal. */
export function explainFailure(error: unknown): string[] {
  if (!(error instanceof Unmet)) return [error instanceof Error ? (error.stack ?? error.message) : inspect(error)]
  return [`not as expected: ${error.message}`, `expected ${short(error.expected)}`, `actual   ${short(error.actual)}`]
}

const short = (value: unknown): string =>
  inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20 })
