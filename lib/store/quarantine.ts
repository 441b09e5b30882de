import { hash } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { QuarantineStore, Quarantined } from '../profile/callback/quarantine-store.ts'
import { Unstorable } from '../profile/callback/unstorable.ts'
import { inParallel } from '../parallel.ts'
import { conditional } from './table/conditions.ts'
import { entities, itemVersion } from './table/items.ts'
import { type Key, mentionKey, quarantineKey, unkeptKey } from './table/keys.ts'
import { expiryOf, type Table } from './table/table.ts'
import { joinUpdate, type UpdatePart } from './table/update-parts.ts'

/**
 * Most bytes of a message that one item keeps. DynamoDB's limit is 400 KB an item; the rest is for its other
 * attributes.
 */
const mostBytesKept = 350_000

/**
 * Callbacks that could not be recorded, without their secrets. They stay until an operator records them with newer code
 * or dismisses them, at most for the retention period.
 */
export function quarantineStore(table: Table): QuarantineStore {
  const { client, tableName } = table

  /** Counts a message in an item: attributes that every item of quarantine has. */
  const counted = (entity: string, { accountName, receivedAt, reason }: Omit<Quarantined, 'raw'>): UpdatePart => ({
    set: [
      'entity = :entity',
      'itemVersion = :itemVersion',
      'accountName = :accountName',
      '#reason = :reason',
      'expiresAt = :expiresAt',
    ],
    add: ['#count :one'],
    names: { '#reason': 'reason', '#count': 'count' },
    values: {
      ':entity': entity,
      ':itemVersion': itemVersion,
      ':accountName': accountName,
      ':reason': reason,
      ':expiresAt': expiryOf(table, receivedAt),
      ':one': 1,
    },
  })

  const keep = async ({ accountName, receivedAt, reason, raw }: Quarantined): Promise<Key> => {
    const digest = hash('sha256', JSON.stringify([accountName, reason, raw]), 'base64url')
    const key = quarantineKey(receivedAt, digest)
    await conditional(table, () =>
      client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: key,
          ...joinUpdate(counted(entities.quarantine, { accountName, receivedAt, reason }), {
            set: ['#raw = :raw', 'receivedAt = if_not_exists(receivedAt, :receivedAt)', 'lastReceivedAt = :receivedAt'],
            // SQS may deliver one message twice with the same time. Such a repeat is not counted again.
            condition: ['attribute_not_exists(pk) OR lastReceivedAt < :receivedAt'],
            names: { '#raw': 'raw' },
            values: { ':raw': raw, ':receivedAt': receivedAt },
          }),
        }),
      ),
    )
    return key
  }

  /** Written after the message. SQS repeats a message whose mentions could not be written. */
  const keepMentions = (message: Key, mentions: readonly string[], { accountName, receivedAt }: Quarantined) =>
    inParallel(mentions, async (mention) => {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: mentionKey(mention, message),
          ...joinUpdate({
            set: ['entity = :entity', 'accountName = :accountName', 'message = :message', 'expiresAt = :expiresAt'],
            values: {
              ':entity': entities.mention,
              ':accountName': accountName,
              ':message': message,
              ':expiresAt': expiryOf(table, receivedAt),
            },
          }),
        }),
      )
    })

  return {
    async quarantine(message, mentions = []) {
      const kept = { ...message, raw: withinItem(message.raw.toWellFormed()) }
      try {
        await keepMentions(await keep(kept), mentions, kept)
      } catch (error) {
        if (!(error instanceof Unstorable)) throw error
        // DynamoDB refuses the text itself. Record at least that a message came.
        await keep({ ...kept, accountName: '-', raw: `[not storable: ${message.raw.length} characters]` })
      }
    },

    async countUnkept({ accountName, receivedAt, reason }) {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: unkeptKey(receivedAt, reason, accountName),
          ...joinUpdate(counted(entities.unkept, { accountName, receivedAt, reason })),
        }),
      )
    },
  }
}

/** Cuts a text to `mostBytesKept`, at a whole character. */
function withinItem(raw: string): string {
  const bytes = Buffer.byteLength(raw)
  if (bytes <= mostBytesKept) return raw
  const begin = Buffer.from(raw)
    .subarray(0, mostBytesKept)
    .toString('utf8')
    .replace(/\ufffd{1,3}$/, '')
  return `${begin}[cut: ${raw.length} characters in all]`
}
