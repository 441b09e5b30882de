import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { inParallel } from '../parallel.ts'
import { Identifier, pointerIdentifiers } from '../profile/identifiers.ts'
import type { Orphan, UpstreamStore } from '../profile/ports.ts'
import { conditional } from './conditions.ts'
import { entities, itemVersion, readItem } from './items.ts'
import { dueBucketOf, orphanKey, orphanSignKey, orphanSignPartition, ownerKey } from './keys.ts'
import { allPages } from './pages.ts'
import { expiryOf, type Table } from './table.ts'

const Owner = z.object({ requestId: z.string(), submission: z.int() })
const StoredOrphan = z.object({
  upstreamRequestId: z.string(),
  accountName: z.string(),
  identifiers: z.array(Identifier),
  firstReceivedAt: z.number(),
  dueAt: z.number(),
})
const OrphanSign = z.object({ upstreamRequestId: z.string() })

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
      const { upstreamRequestId, identifiers, firstReceivedAt } = orphan
      // The signs come first: an orphan that its devices do not lead to would be overlooked for good.
      await inParallel(pointerIdentifiers(identifiers), async (identifier) => {
        await conditional(table, () =>
          client.send(
            new PutCommand({
              TableName: tableName,
              Item: {
                ...orphanSignKey(identifier, upstreamRequestId),
                entity: entities.orphanSign,
                upstreamRequestId,
                expiresAt: expiryOf(table, firstReceivedAt),
              },
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          ),
        )
      })
      const outcome = await conditional(table, () =>
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              ...orphanKey(upstreamRequestId),
              entity: entities.orphan,
              itemVersion,
              ...orphan,
              dueBucket: dueBucketOf(upstreamRequestId),
              expiresAt: expiryOf(table, firstReceivedAt),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      )
      return outcome.kind === 'written' || outcome.item === undefined ? orphan : readItem(StoredOrphan, outcome.item)
    },

    async listOrphansOf(identifier) {
      const items = await allPages(
        table,
        (startKey) =>
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': orphanSignPartition(identifier) },
            ConsistentRead: true,
            ExclusiveStartKey: startKey,
          }),
      )
      return items.map((item) => readItem(OrphanSign, item).upstreamRequestId)
    },

    async getOrphan(upstreamRequestId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: orphanKey(upstreamRequestId), ConsistentRead: true }),
      )
      return Item === undefined ? undefined : readItem(StoredOrphan, Item)
    },

    async postponeOrphan(upstreamRequestId, dueAt) {
      await conditional(table, () =>
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
