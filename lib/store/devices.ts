import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { DeviceLink, type DeviceStore } from '../profile/request/device-link.ts'
import { type Item, linkItem, readItem } from './table/items.ts'
import { devicePartition, linkKey } from './table/keys.ts'
import { inBatches, inParallel } from '../parallel.ts'
import { startPatience } from './table/patience.ts'
import { expiryOf, keptAmong, type Table } from './table/table.ts'

const LastKey = z.object({ sk: z.string() })

/** DynamoDB accepts at most 25 items and 16 MB in one batch. A link has less than 1 KB. */
const batchSize = 25

/** Device links: they lead from an identifier to the requests that named it. `listDeviceHistory` reads them. */
export function deviceStore(table: Table): DeviceStore {
  const { client, tableName } = table
  return {
    async writeLinks(links, keptFrom) {
      const puts = links.map((link) => ({
        PutRequest: { Item: linkItem(link, expiryOf(table, keptFrom ?? link.createdAt)) },
      }))
      await inParallel(inBatches(puts, batchSize), async (batch) => {
        let left: Record<string, { PutRequest?: { Item: Item | undefined } | undefined }[]> = { [tableName]: batch }
        // DynamoDB returns throttled items as unprocessed. The SDK retries only calls that failed as a whole.
        const waited = startPatience(table)
        for (;;) {
          const { UnprocessedItems = {} } = await client.send(new BatchWriteCommand({ RequestItems: left }))
          left = UnprocessedItems
          if ((left[tableName]?.length ?? 0) === 0) return
          if (!(await waited())) throw new Error('DynamoDB throttled the device links')
        }
      })
    },

    cursorBehindLink: (link) => linkKey(link).sk,

    async listLinks(identifierKey, page, namedBy) {
      const pk = devicePartition(identifierKey, namedBy)
      const { Items, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: page.limit,
          ExclusiveStartKey: page.cursor === undefined ? undefined : { pk, sk: page.cursor },
        }),
      )
      const rows = keptAmong(table, Items).map((item) => readItem(DeviceLink, item))
      return LastEvaluatedKey === undefined ? { rows } : { rows, cursor: readItem(LastKey, LastEvaluatedKey).sk }
    },
  }
}
