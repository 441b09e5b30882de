import { createHash } from 'node:crypto'
import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { QuarantineStore } from '../profile/ports.ts'
import { entities, itemVersion, readItem } from './items.ts'
import { quarantineKey } from './keys.ts'
import { expiryOf, type Table } from './table.ts'

const LastKey = z.object({ sk: z.string() })
const StoredMessage = z.object({
  sk: z.string(),
  accountName: z.string(),
  receivedAt: z.number(),
  reason: z.string(),
  raw: z.string(),
})

/** Messages that are authentic but not understood, kept (without secrets) until code understands them. */
export function quarantineStore(table: Table): QuarantineStore {
  const { client, tableName } = table
  const { pk } = quarantineKey(0, '')
  return {
    async quarantine({ accountName, receivedAt, reason, raw }) {
      const digest = createHash('sha256').update(raw).digest('base64url')
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            ...quarantineKey(receivedAt, digest),
            entity: entities.quarantine,
            itemVersion,
            accountName,
            receivedAt,
            reason,
            raw,
            expiresAt: expiryOf(table, receivedAt),
          },
        }),
      )
    },

    async listQuarantine(page) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
          Limit: page.limit,
          ExclusiveStartKey: page.cursor === undefined ? undefined : { pk, sk: page.cursor },
        }),
      )
      const rows = Items.map((item) => {
        const { sk, ...message } = readItem(StoredMessage, item)
        return { id: sk, ...message }
      })
      return LastEvaluatedKey === undefined ? { rows } : { rows, cursor: readItem(LastKey, LastEvaluatedKey).sk }
    },

    async removeQuarantined(id) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk: id } }))
    },
  }
}
