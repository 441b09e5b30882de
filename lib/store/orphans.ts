import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { inParallel } from '../parallel.ts'
import { identifierKeys, lookUpKeys } from '../profile/order/identifiers.ts'
import type { UpstreamStore } from '../profile/request/result-store.ts'
import { conditional } from './table/conditions.ts'
import { entities, type Item, itemVersion, readItem } from './table/items.ts'
import {
  dueBucketOf,
  type Key,
  orphanIndexKey,
  orphanIndexPartition,
  orphanKey,
  upstreamLinkKey,
} from './table/keys.ts'
import { expiredBy, expiryOf, keptAmong, type Table } from './table/table.ts'
import { everyItemOf } from './table/pages.ts'
import { joinUpdate } from './table/update-parts.ts'

const UpstreamLink = z.object({ requestId: z.string(), submission: z.int() })
const StoredOrphan = z.object({
  upstreamRequestId: z.string(),
  accountName: z.string(),
  firstReceivedAt: z.number(),
  dueAt: z.number(),
})
const IndexEntry = z.object({ upstreamRequestId: z.string() })

/**
 * Upstream links, which lead from ThingSpace's request ids to our submissions, and orphans: upstream request ids that
 * only callbacks have named so far.
 */
export function upstreamStore(table: Table): UpstreamStore {
  const { client, tableName } = table
  const get = async (key: Key, { isConsistent = true } = {}): Promise<Item | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: isConsistent }))
    return keptAmong(table, Item === undefined ? [] : [Item])[0]
  }
  const putIfAbsent = (item: Item) =>
    conditional(table, () =>
      client.send(
        new PutCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
          ExpressionAttributeValues: { ':now': expiredBy(table) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    )

  return {
    async findUpstreamLink(upstream) {
      const key = upstreamLinkKey(upstream)
      // A link never changes, so one that is found is right at half the price. One that is not may be a moment old.
      const item = (await get(key, { isConsistent: false })) ?? (await get(key))
      return item === undefined ? undefined : readItem(UpstreamLink, item)
    },

    async saveOrphan(orphan, named) {
      const { accountName, upstreamRequestId, firstReceivedAt, dueAt } = orphan
      const expiresAt = expiryOf(table, firstReceivedAt)
      // Write the index entries first. An orphan without them could never be found by its devices.
      await inParallel(identifierKeys(named), async (identifier) => {
        const key = orphanIndexKey(orphan, identifier)
        await putIfAbsent({ ...key, entity: entities.orphanIndex, upstreamRequestId, expiresAt })
      })
      const outcome = await putIfAbsent({
        ...orphanKey(orphan),
        entity: entities.orphan,
        itemVersion,
        upstreamRequestId,
        accountName,
        firstReceivedAt,
        dueAt,
        dueBucket: dueBucketOf(upstreamRequestId),
        expiresAt,
      })
      return outcome.kind === 'written' || outcome.item === undefined ? orphan : readItem(StoredOrphan, outcome.item)
    },

    async listOrphansOf(accountName, named) {
      const found = new Set<string>()
      await inParallel(lookUpKeys(named), async (identifier) => {
        const items = await everyItemOf(table, orphanIndexPartition(accountName, identifier))
        for (const item of items) found.add(readItem(IndexEntry, item).upstreamRequestId)
      })
      return [...found]
    },

    async getOrphan(upstream) {
      const item = await get(orphanKey(upstream))
      return item === undefined ? undefined : readItem(StoredOrphan, item)
    },

    async postponeOrphan(upstream, dueAt) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: orphanKey(upstream),
            ...joinUpdate({
              set: ['dueAt = :dueAt'],
              condition: ['attribute_exists(pk)'],
              values: { ':dueAt': dueAt },
            }),
          }),
        ),
      )
    },

    async removeOrphan(upstream) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: orphanKey(upstream) }))
    },
  }
}
