import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Item } from './items.ts'
import { keptAmong, type Table } from './table.ts'

/**
 * All items of a partition that are not past their date, in the order of their keys, or those whose sort keys begin
 * with a prefix. DynamoDB gives 1 MB of them at once; the SDK's own paginator takes its own client only. Who wants some
 * attributes only must ask for `expiresAt` too.
 */
export async function everyItemOf(
  table: Table,
  pk: string,
  { prefix, attributes }: { prefix?: string; attributes?: string } = {},
): Promise<Item[]> {
  const found: Item[] = []
  let startKey: Item | undefined
  do {
    const { Items, LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ...(prefix === undefined ? {} : { ':prefix': prefix }) },
        ProjectionExpression: attributes,
        ConsistentRead: true,
        ExclusiveStartKey: startKey,
      }),
    )
    found.push(...keptAmong(table, Items))
    startKey = LastEvaluatedKey
  } while (startKey !== undefined)
  return found
}
