import type { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Item } from './items.ts'
import { keptAmong, type Table } from './table.ts'

/**
 * All that a query finds and that is not past its date: DynamoDB gives 1 MB of items at once. The SDK's own paginator
 * takes its own client only. A query for some attributes must ask for `expiresAt` too.
 */
export async function allPages(table: Table, pageFrom: (startKey: Item | undefined) => QueryCommand) {
  const found: Item[] = []
  let startKey: Item | undefined
  do {
    const { Items, LastEvaluatedKey } = await table.client.send(pageFrom(startKey))
    found.push(...keptAmong(table, Items))
    startKey = LastEvaluatedKey
  } while (startKey !== undefined)
  return found
}
