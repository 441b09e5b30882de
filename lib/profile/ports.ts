import type { LogMessage } from './log-messages.ts'

/** The current time in epoch milliseconds. */
export type Clock = () => number

/** Returns a number in [0, 1). */
export type Random = () => number

/** Field names that the logger sets itself. A field with one of these names would be lost, so the types refuse them. */
export const reservedFields = ['level', 'message', 'sampling_rate', 'service', 'timestamp'] as const
type Unreserved = { readonly [Name in (typeof reservedFields)[number]]?: never }

export type Fields = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>> & Unreserved

/**
 * Structured logging. lib/metric-rows.ts counts some of the messages as metrics.
 * Callers mask device identifiers and never pass credentials.
 */
export type Log = {
  info(message: LogMessage, fields?: Fields): void
  warn(message: LogMessage, fields?: Fields): void
  /** The field `error` takes the caught value. */
  error(message: LogMessage, fields?: Readonly<Record<string, unknown>> & Unreserved): void
}

/** One page of a list. `cursor` leads to the next page and is absent on the last one. */
export type Page<Row> = { rows: Row[]; cursor?: string }

/** Which page of a list to read: at most `limit` rows, from the start or from a cursor. */
export type PageCall = { limit: number; cursor?: string }
