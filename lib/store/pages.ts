import type { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Item } from './items.ts'
import type { Table } from './table.ts'

/** All that a query finds: DynamoDB gives 1 MB of items at once. The SDK's own paginator takes its own client only. */
export async function allPages({ client }: Table, pageFrom: (startKey: Item | undefined) => QueryCommand) {
  const found: Item[] = []
  let startKey: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(pageFrom(startKey))
    found.push(...Items)
    startKey = LastEvaluatedKey
  } while (startKey !== undefined)
  return found
}
