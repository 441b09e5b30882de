import type { LogMessage } from './log-messages.ts'

export type Clock = () => number
/** A number in [0, 1). */
export type Random = () => number

/** Names that the logger has of its own; fields of these names would be lost. */
export const reservedFields = ['level', 'message', 'sampling_rate', 'service', 'timestamp'] as const
type Unreserved = { readonly [Name in (typeof reservedFields)[number]]?: never }

export type Fields = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>> & Unreserved

/** Structured logging; identifiers masked by the caller, secrets never handed over. */
export type Log = {
  info(message: LogMessage, fields?: Fields): void
  warn(message: LogMessage, fields?: Fields): void
  /** `error` among the fields is what was caught. */
  error(message: LogMessage, fields?: Readonly<Record<string, unknown>> & Unreserved): void
}

/** A page of anything, newest or first first; `cursor` continues it and is absent at the end. */
export type Page<Row> = { rows: Row[]; cursor?: string }
export type PageCall = { limit: number; cursor?: string }
