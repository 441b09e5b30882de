import { attributesOf } from './key.ts'
import { Partitions } from './partitions.ts'
import { kilobyte, sizeOfItem } from './size.ts'
import type { IndexDefinition } from './table-definition.ts'
import { type Item, equals } from './values.ts'

/** The part of an item that an index contains. */
export type View = { item: Item; size: number }

type Change = { due: number; tie: string; view: View | undefined }

/** An index, possibly behind its table. */
export class SecondaryIndex {
  readonly definition: IndexDefinition
  private readonly partitions = new Partitions()
  private held = new Map<string, View>()
  private pending: Change[] = []

  constructor(definition: IndexDefinition) {
    this.definition = definition
  }

  /**
   * The part of an item that this index contains. Undefined for items without its key attributes, so the index is
   * sparse.
   */
  view(item: Item, size: number): View | undefined {
    const { key, attributes } = this.definition
    if (item[key.hash.name] === undefined) return undefined
    if (key.range && item[key.range.name] === undefined) return undefined
    if (attributes === undefined) return { item, size }
    const projected: Item = {}
    for (const name of attributes) if (item[name] !== undefined) projected[name] = item[name]
    return { item: projected, size: sizeOfItem(projected) }
  }

  /** Whether an entry has another key than before. */
  isMoved(before: View, after: View): boolean {
    return attributesOf(this.definition.key).some(({ name }) => !equals(before.item[name]!, after.item[name]!))
  }

  /** The cost of a change: a changed key is a delete and a put, and an unchanged view is free. */
  writeUnits(before: View | undefined, after: View | undefined): number {
    if (before === undefined) return after === undefined ? 0 : units(after)
    if (after === undefined) return units(before)
    if (this.isMoved(before, after)) return units(before) + units(after)
    return equals(before.item, after.item) ? 0 : Math.max(units(before), units(after))
  }

  follow(tie: string, view: View | undefined, due: number | undefined): void {
    if (due === undefined || !this.definition.isGlobal) this.apply({ due: 0, tie, view })
    else this.pending.push({ due, tie, view })
  }

  mark(): () => void {
    const back = this.partitions.mark()
    const held = [...this.held]
    const pending = [...this.pending]
    return () => {
      back()
      this.held = new Map(held)
      this.pending = [...pending]
    }
  }

  /** The rows that a reader sees at this time. */
  rows(now: number): Partitions {
    if (this.pending.length > 0) this.settle(now)
    return this.partitions
  }

  settle(now: number): void {
    const due = this.pending.filter((change) => change.due <= now)
    this.pending = this.pending.filter((change) => change.due > now)
    for (const change of due) this.apply(change)
  }

  private apply({ tie, view }: Change): void {
    const { hash, range } = this.definition.key
    const sortOf = (held: View) => (range ? held.item[range.name] : undefined)
    const before = this.held.get(tie)
    if (before !== undefined) this.partitions.remove(before.item[hash.name]!, { sort: sortOf(before), tie })
    if (view === undefined) {
      this.held.delete(tie)
      return
    }
    this.held.set(tie, view)
    this.partitions.put(view.item[hash.name]!, { sort: sortOf(view), tie, ...view })
  }
}

const units = ({ size }: View) => Math.max(1, Math.ceil(size / kilobyte))
