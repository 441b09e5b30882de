/** How an invocation ended. What a function returns went through JSON, as on Lambda. */
export type Outcome = { kind: 'returned'; value: unknown } | { kind: 'failed'; reason: string }

/** Runs a function once; never throws. */
export type Invoke = (event: unknown) => Promise<Outcome>
