import * as z from 'zod/mini'

/** Epoch milliseconds. */
export const Instant = z.int().check(z.nonnegative())

/** Raw bytes, as DynamoDB returns a binary attribute. */
export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
