import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { inParallel } from '../parallel.ts'
import type { RetentionStore } from '../profile/ports.ts'
import { conditional } from './conditions.ts'
import { readItem } from './items.ts'
import { requestPartition } from './keys.ts'
import { allPages } from './pages.ts'
import { expiryOf, type Table } from './table.ts'

const Kept = z.object({ pk: z.string(), sk: z.string(), expiresAt: z.number() })
/** In seconds, as `expiresAt` is: a gain of less is not worth its writes. */
const day = 24 * 3600

/** How long requests are kept beyond the time that they were given at first. */
export function retentionStore(table: Table): RetentionStore {
  const { client, tableName } = table
  return {
    async keepLonger(requestId, now) {
      const until = expiryOf(table, now)
      const items = await allPages(
        table,
        (startKey) =>
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk',
            ProjectionExpression: 'pk, sk, expiresAt',
            ExpressionAttributeValues: { ':pk': requestPartition(requestId) },
            ConsistentRead: true,
            ExclusiveStartKey: startKey,
          }),
      )
      const short = items.map((item) => readItem(Kept, item)).filter(({ expiresAt }) => until - expiresAt > day)
      await inParallel(short, async ({ pk, sk }) => {
        await conditional(table, () =>
          client.send(
            new UpdateCommand({
              TableName: tableName,
              Key: { pk, sk },
              UpdateExpression: 'SET expiresAt = :until',
              ConditionExpression: 'attribute_exists(pk) AND expiresAt < :until',
              ExpressionAttributeValues: { ':until': until },
            }),
          ),
        )
      })
    },
  }
}
