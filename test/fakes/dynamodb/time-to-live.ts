import { Bill } from './capacity.ts'
import type { Database } from './database.ts'
import type { Item } from './values.ts'
import { decide, commit, prepare } from './write.ts'

/**
 * Deletes expired items free of charge. DynamoDB does so item by item, in any order, within days; `isChosen` selects
 * the items.
 */
export function expire(database: Database, isChosen: (item: Item) => boolean = () => true): number {
  let count = 0
  const seconds = Math.floor(database.now() / 1000)
  for (const table of database.tables.values()) {
    const { name, timeToLive } = table.definition
    if (timeToLive === undefined) continue
    for (const item of table.all()) {
      const until = item[timeToLive]
      if (typeof until !== 'number' || until >= seconds || !isChosen(item)) continue
      const prepared = prepare(database, 'Delete', { TableName: name, Key: table.keyOf(item) })
      commit(database, prepared, decide(prepared), new Bill(), true)
      count++
    }
  }
  return count
}
