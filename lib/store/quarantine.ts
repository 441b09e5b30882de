import { hash } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { QuarantineStore, Quarantined } from '../profile/callback/quarantine-store.ts'
import { Unstorable } from '../profile/callback/unstorable.ts'
import { conditional } from './table/conditions.ts'
import { entities, itemVersion } from './table/items.ts'
import { quarantineKey, unkeptKey } from './table/keys.ts'
import { expiryOf, type Table } from './table/table.ts'

/** Below the 400 KB of an item, with room for its other attributes. The longest documented message has 1.5 KB. */
export const mostBytesKept = 350_000

/** Messages that were not recorded, kept (without secrets) until code understands them or somebody dismisses them. */
export function quarantineStore(table: Table): QuarantineStore {
  const { client, tableName } = table

  const keep = ({ accountName, receivedAt, reason, raw }: Quarantined) => {
    const digest = hash('sha256', JSON.stringify([accountName, reason, raw]), 'base64url')
    return conditional(table, () =>
      client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: quarantineKey(receivedAt, digest),
          UpdateExpression:
            'SET entity = :entity, itemVersion = :itemVersion, accountName = :accountName, #reason = :reason, #raw = :raw, ' +
            'receivedAt = if_not_exists(receivedAt, :receivedAt), lastReceivedAt = :receivedAt, expiresAt = :expiresAt ' +
            'ADD #count :one',
          // The same message once more, and not another that is equal to it.
          ConditionExpression: 'attribute_not_exists(pk) OR lastReceivedAt < :receivedAt',
          ExpressionAttributeNames: { '#reason': 'reason', '#raw': 'raw', '#count': 'count' },
          ExpressionAttributeValues: {
            ':entity': entities.quarantine,
            ':itemVersion': itemVersion,
            ':accountName': accountName,
            ':reason': reason,
            ':raw': raw,
            ':receivedAt': receivedAt,
            ':expiresAt': expiryOf(table, receivedAt),
            ':one': 1,
          },
        }),
      ),
    )
  }

  return {
    async quarantine(message) {
      const kept = { ...message, raw: withinItem(message.raw.toWellFormed()) }
      try {
        await keep(kept)
      } catch (error) {
        if (!(error instanceof Unstorable)) throw error
        // Its text cannot be stored in any form; that it came must not be lost with it.
        await keep({ ...kept, accountName: '-', raw: `[not storable: ${message.raw.length} characters]` })
      }
    },

    async countUnkept({ accountName, receivedAt, reason }) {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: unkeptKey(receivedAt, reason, accountName),
          UpdateExpression:
            'SET entity = :entity, itemVersion = :itemVersion, accountName = :accountName, #reason = :reason, ' +
            'expiresAt = :expiresAt ADD #count :one',
          ExpressionAttributeNames: { '#reason': 'reason', '#count': 'count' },
          ExpressionAttributeValues: {
            ':entity': entities.unkept,
            ':itemVersion': itemVersion,
            ':accountName': accountName,
            ':reason': reason,
            ':expiresAt': expiryOf(table, receivedAt),
            ':one': 1,
          },
        }),
      )
    },
  }
}

/** A text that an item has room for; what is longer loses its end, at a whole character. */
function withinItem(raw: string): string {
  const bytes = Buffer.byteLength(raw)
  if (bytes <= mostBytesKept) return raw
  const begin = Buffer.from(raw)
    .subarray(0, mostBytesKept)
    .toString('utf8')
    .replace(/\ufffd{1,3}$/, '')
  return `${begin}[cut: ${raw.length} characters in all]`
}
