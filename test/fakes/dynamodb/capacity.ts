import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import type { KeySchema } from './key.ts'
import type { View } from './secondary-index.ts'
import { kilobyte } from './size.ts'
import type { Stored, Table } from './table.ts'
import type { Item, Value } from './values.ts'

type Kind = 'read' | 'write'
/** The key of an item or of an index entry: a page has no sort key. */
type ChargedKey = { hash: Value; range?: Value | undefined }
type Charge = { table: Table; kind: Kind; units: number; index?: string | undefined; key?: ChargedKey | undefined }

/** Units of one item, index entry or page of an operation, with the key that decides whose capacity they take. */
export type KeyedCharge = Pick<Charge, 'kind' | 'units' | 'index'> & { key: ChargedKey }

export const chargedKey = ({ hash, range }: KeySchema, item: Item): ChargedKey => ({
  hash: item[hash.name]!,
  ...(range && { range: item[range.name] }),
})

type Units = { readUnits: number; writeUnits: number }

/** All units since the start or the last reset. The units of indexes are also part of the totals. */
export type Meter = Units & { indexes: Record<string, Units> }

export const newMeter = (): Meter => ({ readUnits: 0, writeUnits: 0, indexes: {} })

const writeUnits = (size: number) => Math.max(1, Math.ceil(size / kilobyte))

/** Reading a missing item costs as much as reading a small one. */
export const readUnits = (size: number, consistent: boolean) =>
  Math.max(1, Math.ceil(size / (4 * kilobyte))) * (consistent ? 1 : 0.5)

/** The charges of one operation. */
export class Bill {
  private readonly charges: Charge[] = []
  private readonly isTransaction: boolean

  constructor(isTransaction = false) {
    this.isTransaction = isTransaction
  }

  read(table: Table, units: number, { index, key }: Pick<Charge, 'index' | 'key'> = {}): void {
    this.charges.push({ table, kind: 'read', units, ...(index !== undefined && { index }), key })
  }

  /** A write costs the larger of the old and the new item. A refused one costs the old item. */
  write(table: Table, written: Item, before: Stored | undefined, after: Stored | undefined): void {
    const units = writeUnits(Math.max(before?.size ?? 0, after?.size ?? 0))
    const key = chargedKey(table.definition.key, written)
    this.charges.push({ table, kind: 'write', units: this.isTransaction ? units * 2 : units, key })
  }

  /** Indexes are updated separately, so a transaction does not double their cost. */
  indexWrites(table: Table, before: Stored | undefined, after: Stored | undefined): void {
    table.indexes.forEach((index, at) => {
      const [old, view] = [before?.views[at], after?.views[at]]
      const { name, key: schema } = index.definition
      const charge = (units: number, { item }: View) => {
        if (units > 0) this.charges.push({ table, kind: 'write', units, index: name, key: chargedKey(schema, item) })
      }
      if (old !== undefined && view !== undefined && index.isMoved(old, view)) {
        charge(index.writeUnits(old, undefined), old)
        charge(index.writeUnits(undefined, view), view)
      } else if (view !== undefined || old !== undefined) charge(index.writeUnits(old, view), (view ?? old)!)
    })
  }

  /** The charges whose key is known. */
  keyed(): KeyedCharge[] {
    return this.charges.flatMap(({ kind, units, index, key }) =>
      key === undefined ? [] : [{ kind, units, ...(index !== undefined && { index }), key }],
    )
  }

  chargeTo(meter: Meter): void {
    for (const { kind, units, index } of this.charges) {
      const field = kind === 'read' ? 'readUnits' : 'writeUnits'
      meter[field] += units
      if (index !== undefined) (meter.indexes[index] ??= { readUnits: 0, writeUnits: 0 })[field] += units
    }
  }

  /** The answer to `ReturnConsumedCapacity`, one per table. */
  consumed(detail: string | undefined): ConsumedCapacity[] | undefined {
    if (detail !== 'TOTAL' && detail !== 'INDEXES') return undefined
    return [...new Set(this.charges.map(({ table }) => table))].map((table) => {
      const charges = this.charges.filter((charge) => charge.table === table)
      const total = this.amount(charges)
      if (detail === 'TOTAL') return { TableName: table.definition.name, ...total }
      const result: ConsumedCapacity = {
        TableName: table.definition.name,
        ...total,
        Table: this.amount(charges.filter(({ index }) => index === undefined)),
      }
      for (const index of table.definition.indexes) {
        const own = charges.filter((charge) => charge.index === index.name)
        if (own.length === 0) continue
        const field = index.isGlobal ? 'GlobalSecondaryIndexes' : 'LocalSecondaryIndexes'
        ;(result[field] ??= {})[index.name] = this.amount(own)
      }
      return result
    })
  }

  private amount(charges: Charge[]): {
    CapacityUnits: number
    ReadCapacityUnits?: number
    WriteCapacityUnits?: number
  } {
    const sum = (of: Charge[]) => of.reduce((total, { units }) => total + units, 0)
    if (!this.isTransaction) return { CapacityUnits: sum(charges) }
    const reads = charges.filter(({ kind }) => kind === 'read')
    const writes = charges.filter(({ kind }) => kind === 'write')
    return {
      CapacityUnits: sum(charges),
      ...(reads.length > 0 && { ReadCapacityUnits: sum(reads) }),
      ...(writes.length > 0 && { WriteCapacityUnits: sum(writes) }),
    }
  }
}
