import { hash } from 'node:crypto'
import { DeleteCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { Page, PageCall, Quarantined, QuarantineStore } from '../profile/ports.ts'
import { Unstorable } from '../profile/unstorable.ts'
import { conditional, transactional } from './conditions.ts'
import { entities, type Item, itemVersion, readItem } from './items.ts'
import { dismissedKey, dismissedPartition, type Key, quarantineKey, quarantinePartitions, unkeptKey } from './keys.ts'
import { expiryOf, type Table } from './table.ts'

const LastKey = z.object({ pk: z.string(), sk: z.string() })
const About = {
  accountName: z.string(),
  receivedAt: z.number(),
  lastReceivedAt: z.number(),
  count: z.number(),
  reason: z.string(),
} as const
const StoredMessage = z.object({ pk: z.string(), sk: z.string(), raw: z.string(), ...About })
const StoredDismissal = z.object({ id: z.string(), by: z.string(), why: z.string(), at: z.number(), ...About })

/** Below the 400 KB of an item, with room for its other attributes. The longest documented message has 1.5 KB. */
export const mostBytesKept = 350_000

/** Messages that were not recorded, kept (without secrets) until code understands them or somebody dismisses them. */
export function quarantineStore(table: Table): QuarantineStore {
  const { client, tableName } = table

  const keep = ({ accountName, receivedAt, reason, raw }: Quarantined) => {
    const digest = hash('sha256', JSON.stringify([accountName, reason, raw]), 'base64url')
    return conditional(
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

  /** A page that goes on from one partition to the next. */
  const pageOf = async (partitions: readonly string[], page: PageCall): Promise<Page<Item>> => {
    const from = page.cursor === undefined ? undefined : keyOf(page.cursor)
    const rows: Item[] = []
    for (const pk of partitions.slice(from === undefined ? 0 : partitions.indexOf(from.pk))) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
          Limit: page.limit - rows.length,
          ExclusiveStartKey: from?.pk === pk && from.sk !== '' ? from : undefined,
        }),
      )
      rows.push(...Items)
      if (LastEvaluatedKey !== undefined) return { rows, cursor: idOf(readItem(LastKey, LastEvaluatedKey)) }
      const next = partitions[partitions.indexOf(pk) + 1]
      if (rows.length >= page.limit && next !== undefined) return { rows, cursor: idOf({ pk: next, sk: '' }) }
    }
    return { rows }
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

    async listQuarantine(page) {
      const { rows, ...rest } = await pageOf(quarantinePartitions, page)
      return {
        ...rest,
        rows: rows.map((item) => {
          const { pk, sk, ...message } = readItem(StoredMessage, item)
          return { id: idOf({ pk, sk }), ...message }
        }),
      }
    },

    async removeQuarantined(id) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: keyOf(id) }))
    },

    async dismissQuarantined({ raw: _raw, ...message }, dismissal) {
      const audit: Item = {
        ...dismissedKey(dismissal.at, message.id),
        entity: entities.dismissed,
        itemVersion,
        ...message,
        ...dismissal,
        expiresAt: expiryOf(table, dismissal.at),
      }
      const outcome = await transactional(
        client.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName: tableName, Item: audit } },
              {
                Delete: {
                  TableName: tableName,
                  Key: keyOf(message.id),
                  ConditionExpression: 'attribute_exists(pk)',
                },
              },
            ],
          }),
        ),
      )
      return outcome.kind === 'written'
    },

    async listDismissed(page) {
      const { rows, ...rest } = await pageOf([dismissedPartition], page)
      return { ...rest, rows: rows.map((item) => readItem(StoredDismissal, item)) }
    },
  }
}

const idOf = ({ pk, sk }: Key): string => `${pk}/${sk}`

function keyOf(id: string): Key {
  const slash = id.indexOf('/')
  return { pk: id.slice(0, slash), sk: id.slice(slash + 1) }
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
