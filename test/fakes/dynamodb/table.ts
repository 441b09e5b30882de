import { keyOf, keyString } from './key.ts'
import { Partitions } from './partitions.ts'
import { SecondaryIndex, type View } from './secondary-index.ts'
import type { ReadDefinition } from './table-definition.ts'
import type { Item } from './values.ts'

/** A stored item with its parts in the indexes. */
export type Stored = { item: Item; size: number; views: readonly (View | undefined)[] }

/** The items of one table, and its indexes. */
export class Table {
  readonly definition: ReadDefinition
  readonly indexes: readonly SecondaryIndex[]
  readonly partitions = new Partitions()
  private stored = new Map<string, Stored>()
  /** What reads that are not consistent still see, and until when. */
  private earlier = new Map<string, { until: number; stored: Stored | undefined }>()

  constructor(definition: ReadDefinition) {
    this.definition = definition
    this.indexes = definition.indexes.map((index) => new SecondaryIndex(index))
  }

  keyString(item: Item): string {
    return keyString(this.definition.key, item)
  }

  keyOf(item: Item): Item {
    return keyOf(this.definition.key, item)
  }

  isKey = (name: string): boolean => name === this.definition.key.hash.name || name === this.definition.key.range?.name

  get(key: string): Stored | undefined {
    return this.stored.get(key)
  }

  /** An item as a read that is not consistent may see it: as it was before the latest write, for a time. */
  getEventually(key: string, now: number): Stored | undefined {
    const seen = this.earlier.get(key)
    return seen !== undefined && now < seen.until ? seen.stored : this.stored.get(key)
  }

  /** Lets reads that are not consistent see an overwritten item until this time. */
  showUntil(key: string, overwritten: Stored | undefined, until: number): void {
    this.earlier.set(key, { until, stored: overwritten })
  }

  all(): Iterable<Item> {
    return [...this.stored.values()].map(({ item }) => item)
  }

  /**
   * Saves all items and their parts in the indexes. The returned function restores them. Items are never changed in
   * place, so none is copied.
   */
  mark(): () => void {
    const stored = [...this.stored]
    const earlier = [...this.earlier]
    const parts = [this.partitions.mark(), ...this.indexes.map((index) => index.mark())]
    return () => {
      this.stored = new Map(stored)
      this.earlier = new Map(earlier)
      for (const back of parts) back()
    }
  }

  prepare(item: Item, size: number): Stored {
    return { item, size, views: this.indexes.map((index) => index.view(item, size)) }
  }

  /** Replaces the old item by a new one, or removes it. */
  replace(key: string, before: Stored | undefined, after: Stored | undefined, indexesDue: number | undefined): void {
    const { hash, range } = this.definition.key
    if (after !== undefined) {
      this.stored.set(key, after)
      const sort = range && after.item[range.name]
      this.partitions.put(after.item[hash.name]!, { sort, tie: key, item: after.item, size: after.size })
    } else if (before !== undefined) {
      this.stored.delete(key)
      this.partitions.remove(before.item[hash.name]!, { sort: range && before.item[range.name], tie: key })
    }
    this.indexes.forEach((index, at) => {
      if (before?.views[at] !== undefined || after?.views[at] !== undefined) {
        index.follow(key, after?.views[at], indexesDue)
      }
    })
  }
}
