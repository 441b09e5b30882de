import { createHash } from 'node:crypto'
import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { QuarantineStore } from '../profile/ports.ts'
import { entities, itemVersion, readItem } from './items.ts'
import { quarantineKey } from './keys.ts'
import { expiryOf, type Table } from './table.ts'

/** An item of DynamoDB has 400 KB at most; the account's name comes from a path of up to 10 KB. */
export const mostQuarantinedBytes = 350_000

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
    async quarantine({ accountName, receivedAt, reason, raw: whole }) {
      const raw = cutTo(mostQuarantinedBytes, whole)
      const digest = createHash('sha256').update(whole).digest('base64url')
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

/** Well-formed text of so many bytes at most. It says so where it was cut, which never is within a character. */
function cutTo(most: number, text: string): string {
  const bytes = Buffer.from(text.toWellFormed())
  if (bytes.length <= most) return bytes.toString()
  const mark = `[cut: ${bytes.length} bytes in all]`
  let end = most - mark.length
  // Bytes 10xxxxxx go on with the character before them.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end) + mark
}
