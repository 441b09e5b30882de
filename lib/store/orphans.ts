import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { Identifier } from '../profile/identifiers.ts'
import type { Orphan, UpstreamStore } from '../profile/ports.ts'
import { conditional } from './conditions.ts'
import { entities, itemVersion, readItem } from './items.ts'
import { dueBucketOf, orphanKey, ownerKey } from './keys.ts'
import { expiryOf, type Table } from './table.ts'

const Owner = z.object({ requestId: z.string(), submission: z.int() })
const StoredOrphan = z.object({
  upstreamRequestId: z.string(),
  accountName: z.string(),
  identifiers: z.array(Identifier),
  firstReceivedAt: z.number(),
  dueAt: z.number(),
})

/** Who owns the upstream request ids, and those that nobody owns yet. */
export function upstreamStore(table: Table): UpstreamStore {
  const { client, tableName } = table
  return {
    async findOwner(upstreamRequestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: ownerKey(upstreamRequestId), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : readItem(Owner, Item)
    },

    async noteOrphan(orphan: Orphan) {
      await conditional(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              ...orphanKey(orphan.upstreamRequestId),
              entity: entities.orphan,
              itemVersion,
              ...orphan,
              dueBucket: dueBucketOf(orphan.upstreamRequestId),
              expiresAt: expiryOf(table, orphan.firstReceivedAt),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      )
    },

    async getOrphan(upstreamRequestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: orphanKey(upstreamRequestId), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : readItem(StoredOrphan, Item)
    },

    async postponeOrphan(upstreamRequestId, dueAt) {
      await conditional(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: orphanKey(upstreamRequestId),
            UpdateExpression: 'SET dueAt = :dueAt',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':dueAt': dueAt },
          }),
        ),
      )
    },

    async removeOrphan(upstreamRequestId) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: orphanKey(upstreamRequestId) }))
    },
  }
}
