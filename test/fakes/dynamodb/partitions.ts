import { partString } from './key.ts'
import { type Position, type Row, SortedRows } from './sorted-rows.ts'
import type { Value } from './values.ts'

type Partition = { key: string; hash: number; rows: SortedRows }

/** All rows of a table or an index, by partition key. */
export class Partitions {
  private byKey = new Map<string, Partition>()

  put(hashValue: Value, row: Row): void {
    const key = partString(hashValue)
    let partition = this.byKey.get(key)
    if (partition === undefined) {
      partition = { key, hash: hashOf(key), rows: new SortedRows() }
      this.byKey.set(key, partition)
    }
    partition.rows.put(row)
  }

  remove(hashValue: Value, position: Position): void {
    const key = partString(hashValue)
    const rows = this.byKey.get(key)?.rows
    rows?.remove(position)
    if (rows?.rows.length === 0) this.byKey.delete(key)
  }

  /** Saves all rows. The returned function restores them. */
  mark(): () => void {
    const kept = [...this.byKey.values()].map(({ key, hash, rows }) => ({ key, hash, rows: [...rows.rows] }))
    return () => {
      this.byKey = new Map(
        kept.map(({ key, hash, rows }) => [key, { key, hash, rows: new SortedRows([...rows]) }] as const),
      )
    }
  }

  get(hashValue: Value): SortedRows | undefined {
    return this.byKey.get(partString(hashValue))?.rows
  }

  /** The rows of a scan after a start key. The order of partitions is stable and independent of their keys. */
  *scan(segment?: { index: number; total: number }, start?: { hashValue: Value; position: Position }): Generator<Row> {
    const startKey = start && partString(start.hashValue)
    const from = startKey === undefined ? undefined : { key: startKey, hash: hashOf(startKey) }
    for (const partition of [...this.byKey.values()].toSorted(scanOrder)) {
      if (segment && partition.hash % segment.total !== segment.index) continue
      const side = from === undefined ? 1 : scanOrder(partition, from)
      if (side < 0) continue
      const { rows } = partition
      for (let at = side === 0 && start ? rows.firstAfter(start.position) : 0; at < rows.rows.length; at++) {
        yield rows.rows[at]!
      }
    }
  }
}

const scanOrder = (a: Omit<Partition, 'rows'>, b: Omit<Partition, 'rows'>) =>
  a.hash - b.hash || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** FNV-1a. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
