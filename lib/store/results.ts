import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { NormalisedCallback } from '../profile/callback.ts'
import { rankOf } from '../profile/device-results.ts'
import { resultKeyOf } from '../profile/identifiers.ts'
import type { ResultStore } from '../profile/ports.ts'
import { Result } from '../profile/request.ts'
import { conditional } from './conditions.ts'
import { entities, type Item, itemVersion, readItem } from './items.ts'
import { resultKey, resultPrefix, upstreamPartition } from './keys.ts'
import { allPages } from './pages.ts'
import { expiryOf, type Table } from './table.ts'

const Earlier = z.object({ verdict: Result.shape.verdict, digests: z.set(z.string()) })

/** More different messages than this about one device of one submission are no result any more, but a fault. */
const othersKept = 8

/** Results, written by callbacks alone. */
export function resultStore(table: Table): ResultStore {
  const { client, tableName } = table

  return {
    async recordResult(callback, { accountName, receivedAt }) {
      const { upstreamRequestId, digest, ...content } = callback
      const key = resultKey(upstreamRequestId, resultKeyOf(callback.identifiers))
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
        ':expiresAt': expiryOf(table, receivedAt),
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
      const earlier = readItem(Earlier, outcome.item ?? {})
      if (earlier.digests.has(digest)) return 'duplicate'
      const conflict = rankOf[earlier.verdict] === rankOf[callback.verdict] && earlier.verdict !== callback.verdict
      return keepBeside(table, key, callback, { receivedAt, conflict })
    },

    async listResults(upstreamRequestId) {
      const items = await allPages(
        table,
        (startKey) =>
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: { ':pk': upstreamPartition(upstreamRequestId), ':prefix': resultPrefix },
            ConsistentRead: true,
            ExclusiveStartKey: startKey,
          }),
      )
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
  { digest, verdict, raw }: NormalisedCallback,
  { receivedAt, conflict }: { receivedAt: number; conflict: boolean },
): Promise<'duplicate' | 'outranked' | 'conflict' | 'full'> {
  const { client, tableName } = table
  const outcome = await conditional(table, () =>
    client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression:
          'SET #others = list_append(if_not_exists(#others, :none), :entry)' +
          (conflict ? ', #conflict = :true' : '') +
          ' ADD digests :digests',
        ConditionExpression:
          'attribute_exists(pk) AND NOT contains(digests, :digest) AND (attribute_not_exists(#others) OR size(#others) < :most)',
        ExpressionAttributeNames: { '#others': 'others', ...(conflict ? { '#conflict': 'conflict' } : {}) },
        ExpressionAttributeValues: {
          ':none': [],
          ':entry': [{ digest, verdict, receivedAt, raw }],
          ':digests': new Set([digest]),
          ':digest': digest,
          ':most': othersKept,
          ...(conflict ? { ':true': true } : {}),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  )
  if (outcome.kind === 'written') return conflict ? 'conflict' : 'outranked'
  return readItem(Earlier, outcome.item ?? {}).digests.has(digest) ? 'duplicate' : 'full'
}
