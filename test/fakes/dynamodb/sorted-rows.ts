import { type Item, type Value, compare, compareStrings } from './values.ts'

/** One row of a partition. The `tie` (the table's key) orders rows of an index with the same sort key. */
export type Row = { sort: Value | undefined; tie: string; item: Item; size: number }

export type Position = Pick<Row, 'sort' | 'tie'>

/** The rows of one partition key, by sort key. */
export class SortedRows {
  readonly rows: Row[]

  constructor(rows: Row[] = []) {
    this.rows = rows
  }

  put(row: Row): void {
    const at = this.firstAtOrAfter(row)
    const found = this.rows[at]
    if (found !== undefined && order(found, row) === 0) this.rows[at] = row
    else this.rows.splice(at, 0, row)
  }

  remove(position: Position): void {
    const at = this.firstAtOrAfter(position)
    const found = this.rows[at]
    if (found !== undefined && order(found, position) === 0) this.rows.splice(at, 1)
  }

  firstAtOrAfter(position: Position): number {
    return this.search((row) => order(row, position) < 0)
  }

  firstAfter(position: Position): number {
    return this.search((row) => order(row, position) <= 0)
  }

  /** The first row for which `before` is false. It must be true for all rows before that one. */
  search(before: (row: Row) => boolean): number {
    let low = 0
    let high = this.rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (before(this.rows[middle]!)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function order(a: Position, b: Position): number {
  const bySort = a.sort === undefined || b.sort === undefined ? 0 : (compare(a.sort, b.sort) ?? 0)
  return bySort === 0 ? compareStrings(a.tie, b.tie) : bySort
}
