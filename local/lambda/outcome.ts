/** The result of an invocation. The returned value went through JSON, as on Lambda. */
export type Outcome = { kind: 'returned'; value: unknown } | { kind: 'failed'; reason: string }

/** Invokes a function once. It never throws. */
export type Invoke = (event: unknown) => Promise<Outcome>
