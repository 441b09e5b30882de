import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { NormalisedCallback } from '../profile/request/callback.ts'
import type { ResultStore } from '../profile/request/result-store.ts'
import { Result } from '../profile/request/result.ts'
import { rankOf } from '../profile/status/device-results.ts'
import { resultKeyOf } from '../profile/order/identifiers.ts'
import { conditional } from './table/conditions.ts'
import { entities, type Item, itemVersion, readItem } from './table/items.ts'
import { resultKey, resultPrefix, upstreamPartition } from './table/keys.ts'
import { partExpiryOf, type Table } from './table/table.ts'
import { everyItemOf } from './table/pages.ts'

const Earlier = z.object({
  verdict: Result.shape.verdict,
  digests: z.set(z.string()),
  others: z._default(z.array(z.looseObject({ raw: z.string() })), []),
})

/**
 * Limits of one result item: its own message, and the number and size of other messages beside it. DynamoDB's limit is
 * 400 KB an item; the rest is room for the texts of the result. Further messages must be kept elsewhere.
 */
export const resultLimits = { ownBytes: 200_000, others: 8, othersBytes: 150_000 }

/** Results, written by callbacks alone. */
export function resultStore(table: Table): ResultStore {
  const { client, tableName } = table

  return {
    async recordResult(callback, { accountName, receivedAt }) {
      const { upstreamRequestId, digest, ...content } = callback
      if (Buffer.byteLength(callback.raw) > resultLimits.ownBytes) return 'full'
      const key = resultKey({ accountName, upstreamRequestId }, resultKeyOf(callback.identifiers))
      const result: Item = {
        entity: entities.result,
        itemVersion,
        upstreamRequestId,
        accountName,
        ...content,
        receivedAt,
      }
      const names = Object.keys(result).filter((name) => result[name] !== undefined)
      const values: Item = {
        ':rank': rankOf[callback.verdict],
        ':expiresAt': partExpiryOf(table, receivedAt),
        ':digests': new Set([digest]),
        ':digest': digest,
      }
      for (const name of names) values[`:${name}`] = result[name]
      const outcome = await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: key,
            ...replacing(names),
            ConditionExpression: 'attribute_not_exists(pk) OR (#rank < :rank AND NOT contains(digests, :digest))',
            ExpressionAttributeValues: values,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      )
      if (outcome.kind === 'written') return 'recorded'
      return keepBeside(table, key, callback, { receivedAt, found: outcome.item })
    },

    async listResults(upstream) {
      const items = await everyItemOf(table, upstreamPartition(upstream), { prefix: resultPrefix })
      return items.map((item) => readItem(Result, item))
    },
  }
}

type Replacement = { UpdateExpression: string; ExpressionAttributeNames: Record<string, string> }
const replacements = new Map<string, Replacement>()
const members = z.keyof(NormalisedCallback).options.filter((name) => name !== 'upstreamRequestId' && name !== 'digest')

/** The update that writes these attributes. What only the message that is replaced has said goes with it. */
function replacing(names: readonly string[]): Replacement {
  // Callbacks come with a few sets of members; to write the texts anew for each would be a tenth of the work on it.
  const known = replacements.get(names.join(' '))
  if (known !== undefined) return known
  const unsaid = members.filter((name) => !names.includes(name))
  const made = {
    UpdateExpression:
      `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}, #rank = :rank, ` +
      'firstReceivedAt = if_not_exists(firstReceivedAt, :receivedAt), expiresAt = :expiresAt ADD digests :digests' +
      (unsaid.length > 0 ? ` REMOVE ${unsaid.map((name) => `#${name}`).join(', ')}` : ''),
    ExpressionAttributeNames: Object.fromEntries([...names, ...unsaid, 'rank'].map((name) => [`#${name}`, name])),
  }
  replacements.set(names.join(' '), made)
  return made
}

/** A message that does not replace the result it belongs to: kept as evidence beside it, a second final flagged. */
async function keepBeside(
  table: Table,
  key: { pk: string; sk: string },
  callback: NormalisedCallback,
  { receivedAt, found }: { receivedAt: number; found: Item | undefined },
): Promise<'duplicate' | 'outranked' | 'conflict' | 'full'> {
  const { client, tableName } = table
  const { upstreamRequestId: _upstream, identifiers: _identifiers, ...said } = callback
  const { digest, verdict } = said
  const entry = { ...said, receivedAt }
  const earlier = readItem(Earlier, found ?? {})
  if (earlier.digests.has(digest)) return 'duplicate'
  const kept = earlier.others.length
  const bytes = [...earlier.others, entry].reduce((sum, other) => sum + bytesOf(other), 0)
  const conflict = rankOf[earlier.verdict] === rankOf[verdict] && earlier.verdict !== verdict
  if (kept >= resultLimits.others || bytes > resultLimits.othersBytes) {
    if (conflict) await flagConflict(table, key)
    return 'full'
  }
  const outcome = await conditional(table, () =>
    client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression:
          'SET #others = list_append(if_not_exists(#others, :none), :entry)' +
          (conflict ? ', #conflict = :true' : '') +
          ' ADD digests :digests',
        // The size was computed from the item that was read. If another message was added since, compute it again.
        ConditionExpression:
          'attribute_exists(pk) AND NOT contains(digests, :digest) AND ' +
          (kept === 0 ? 'attribute_not_exists(#others)' : 'size(#others) = :kept'),
        ExpressionAttributeNames: { '#others': 'others', ...(conflict ? { '#conflict': 'conflict' } : {}) },
        ExpressionAttributeValues: {
          ':none': [],
          ':entry': [entry],
          ':digests': new Set([digest]),
          ':digest': digest,
          ...(kept === 0 ? {} : { ':kept': kept }),
          ...(conflict ? { ':true': true } : {}),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  )
  if (outcome.kind === 'written') return conflict ? 'conflict' : 'outranked'
  return keepBeside(table, key, callback, { receivedAt, found: outcome.item })
}

/** Close to what DynamoDB counts for a message beside a result; never less than its text has. */
const bytesOf = ({ raw, ...rest }: { raw: string }): number =>
  Buffer.byteLength(raw) + Buffer.byteLength(JSON.stringify(rest))

/** Flags a contradiction whose message is kept elsewhere. */
async function flagConflict(table: Table, key: { pk: string; sk: string }): Promise<void> {
  await conditional(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: key,
        UpdateExpression: 'SET #conflict = :true',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#conflict': 'conflict' },
        ExpressionAttributeValues: { ':true': true },
      }),
    ),
  )
}
