import { DeleteCommand, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { inParallel } from '../parallel.ts'
import type { QuarantinedMessage, QuarantineReview } from '../profile/callback/quarantine-store.ts'
import type { Page, PageCall } from '../profile/ports.ts'
import { transactional } from './table/conditions.ts'
import { entities, type Item, itemVersion, readItem } from './table/items.ts'
import { dismissedKey, dismissedPartition, type Key, mentionPartition, quarantinePartitions } from './table/keys.ts'
import { expiryOf, keptAmong, type Table } from './table/table.ts'

const LastKey = z.object({ pk: z.string(), sk: z.string() })
const About = {
  accountName: z.string(),
  receivedAt: z.number(),
  lastReceivedAt: z.number(),
  count: z.number(),
  reason: z.string(),
} as const
const StoredMessage = z.object({ pk: z.string(), sk: z.string(), raw: z.string(), ...About })
const Mention = z.object({ message: z.object({ pk: z.string(), sk: z.string() }) })
const StoredDismissal = z.object({ id: z.string(), by: z.string(), why: z.string(), at: z.number(), ...About })

/** Lists, dismisses and removes quarantined messages. For operators only. */
export function quarantineReview(table: Table): QuarantineReview {
  const { client, tableName } = table

  /** Reads one page across partitions, in their order. */
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

  const readMessage = async (key: Key): Promise<QuarantinedMessage | undefined> => {
    const { Item: item } = await client.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }))
    return item === undefined ? undefined : messageOf(item)
  }

  return {
    async listQuarantine(page) {
      const { rows, ...rest } = await pageOf(quarantinePartitions, page)
      return {
        ...rest,
        rows: rows.map(messageOf),
      }
    },

    async getQuarantined(id) {
      const key = keyOf(id)
      return quarantinePartitions.includes(key.pk) ? readMessage(key) : undefined
    },

    async listMentions(mentions, limit) {
      const named = new Map<string, Key>()
      await inParallel(mentions, async (mention) => {
        const { Items } = await client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': mentionPartition(mention) },
            ScanIndexForward: false,
            Limit: limit,
          }),
        )
        for (const item of keptAmong(table, Items)) {
          const { message } = readItem(Mention, item)
          named.set(idOf(message), message)
        }
      })
      const newest = [...named.values()].toSorted((one, other) => (one.sk < other.sk ? 1 : -1)).slice(0, limit)
      const messages: QuarantinedMessage[] = []
      await inParallel(newest, async (key) => {
        const message = await readMessage(key)
        // A message that was recorded or dismissed since has left quarantine.
        if (message !== undefined) messages.push(message)
      })
      return messages.toSorted((one, other) => other.lastReceivedAt - one.lastReceivedAt)
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
      const outcome = await transactional(table, (clientRequestToken) =>
        client.send(
          new TransactWriteCommand({
            ClientRequestToken: clientRequestToken,
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

function messageOf(item: Item): QuarantinedMessage {
  const { pk, sk, ...message } = readItem(StoredMessage, item)
  return { id: idOf({ pk, sk }), ...message }
}

const idOf = ({ pk, sk }: Key): string => `${pk}/${sk}`

function keyOf(id: string): Key {
  const slash = id.indexOf('/')
  return { pk: id.slice(0, slash), sk: id.slice(slash + 1) }
}
