import type { Meter } from './capacity.ts'
import type { Marshalling } from './copy.ts'
import { noSuchTable } from './errors.ts'
import type { ChangeStream } from './stream.ts'
import type { Table } from './table.ts'
import type { Item } from './values.ts'

/** The shared state of all operations of one fake. */
export type Database = {
  tables: ReadonlyMap<string, Table>
  stream: ChangeStream
  meter: Meter
  marshalling: Marshalling
  now: () => number
  indexLagMs: number
  readLagMs: number
  tokens: Map<string, { request: Item; usedAt: number; reads: { table: Table; units: number }[] }>
  unprocessed: (request: { tableName: string; key: Item }) => boolean
}

export function tableOf(database: Database, name: string | undefined): Table {
  const table = database.tables.get(name ?? '')
  if (table === undefined) throw noSuchTable()
  return table
}
