import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Item } from './items.ts'
import { keptAmong, type Table } from './table.ts'

/**
 * Reads all items of a partition that have not expired, in the order of their keys, or those whose sort keys begin with
 * `prefix`. DynamoDB returns at most 1 MB per call. The SDK's paginator cannot be used, because it accepts only its own
 * client. `attributes` is a projection and must include `expiresAt`.
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
