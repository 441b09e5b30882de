import { BatchGetCommand, type BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb'
import { inBatches } from '../../parallel.ts'
import type { Item } from './items.ts'
import type { Key } from './keys.ts'
import { startPatience } from './patience.ts'
import { keptAmong, type Table } from './table.ts'

/** DynamoDB reads at most 100 items in one BatchGetItem call. */
const batchSize = 100

/**
 * Reads the items of an index page, in the page's order. Omits items that have expired since. Repeats what DynamoDB
 * throttles, and throws when that takes longer than `patienceMilliseconds`.
 */
export async function readEach(table: Table, listed: readonly Key[]): Promise<Item[]> {
  const { client, tableName } = table
  const keys = listed.map(({ pk, sk }) => ({ pk, sk }))
  const found = new Map<string, Item>()
  for (const batch of inBatches(keys, batchSize)) {
    let wanted: Item[] = batch
    const waited = startPatience(table)
    for (;;) {
      const answer: BatchGetCommandOutput = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: wanted } } }),
      )
      for (const item of keptAmong(table, answer.Responses?.[tableName])) found.set(nameOf(item), item)
      wanted = answer.UnprocessedKeys?.[tableName]?.Keys ?? []
      if (wanted.length === 0) break
      if (!(await waited())) throw new Error('DynamoDB throttled the items of a list')
    }
  }
  return keys.flatMap((key) => {
    const item = found.get(nameOf(key))
    return item === undefined ? [] : [item]
  })
}

const nameOf = ({ pk, sk }: Item): string => `${String(pk)} ${String(sk)}`
