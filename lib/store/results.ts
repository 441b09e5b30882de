import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { NormalisedCallback } from '../profile/request/callback.ts'
import type { ResultStore } from '../profile/request/result-store.ts'
import { Result } from '../profile/request/result.ts'
import { rankOf } from '../profile/status/device-results.ts'
import { resultKeyOf } from '../profile/order/identifiers.ts'
import { conditional } from './table/conditions.ts'
import { entities, type Item, itemVersion, readItem } from './table/items.ts'
import { type Key, resultKey, resultPrefix, upstreamPartition } from './table/keys.ts'
import { partExpiryOf, type Table } from './table/table.ts'
import { everyItemOf } from './table/pages.ts'
import { joinUpdate, type UpdatePart } from './table/update-parts.ts'

const Earlier = z.object({
  verdict: Result.shape.verdict,
  digests: z.set(z.string()),
  others: z._default(z.array(z.looseObject({ raw: z.string() })), []),
})

/**
 * Limits of one result item: bytes of its own message, and number and bytes of the other messages beside it. DynamoDB's
 * limit is 400 KB an item; the rest is for the result's other attributes.
 */
export const resultLimits = { ownBytes: 200_000, others: 8, othersBytes: 150_000 }

/**
 * Result items, one for each device of an upstream request. Callbacks write them; so do ThingSpace's status calls and
 * operators (see `Provenance`). The most significant verdict wins (`rankOf`), whatever the order of delivery.
 */
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
            ExpressionAttributeValues: values,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      )
      if (outcome.kind === 'written') return 'recorded'
      return keepBeside(table, key, { callback, receivedAt, found: outcome.item })
    },

    async listResults(upstream) {
      const items = await everyItemOf(table, upstreamPartition(upstream), { prefix: resultPrefix })
      return items.map((item) => readItem(Result, item))
    },
  }
}

const replacements = new Map<string, ReturnType<typeof joinUpdate>>()
const members = z.keyof(NormalisedCallback).options.filter((name) => name !== 'upstreamRequestId' && name !== 'digest')

/**
 * The update that writes these attributes, if the callback outranks the stored result and has not been recorded.
 * Removes attributes that only the replaced message had.
 */
function replacing(names: readonly string[]): ReturnType<typeof joinUpdate> {
  // Callbacks have few different sets of members. Building the texts anew takes a tenth of the time for one callback.
  const known = replacements.get(names.join(' '))
  if (known !== undefined) return known
  const unsaid = members.filter((name) => !names.includes(name))
  const made = joinUpdate({
    set: [
      ...names.map((name) => `#${name} = :${name}`),
      '#rank = :rank',
      'firstReceivedAt = if_not_exists(firstReceivedAt, :receivedAt)',
      'expiresAt = :expiresAt',
    ],
    add: ['digests :digests'],
    remove: unsaid.map((name) => `#${name}`),
    condition: ['attribute_not_exists(pk) OR (#rank < :rank AND NOT contains(digests, :digest))'],
    names: Object.fromEntries([...names, ...unsaid, 'rank'].map((name) => [`#${name}`, name])),
  })
  replacements.set(names.join(' '), made)
  return made
}

/**
 * Keeps a message that does not replace the stored result as evidence beside it, and flags a contradicting final
 * result. Returns `full` if the limits are reached: the caller must keep the message elsewhere.
 */
async function keepBeside(
  table: Table,
  key: Key,
  { callback, receivedAt, found }: { callback: NormalisedCallback; receivedAt: number; found: Item | undefined },
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
        ...joinUpdate(
          {
            set: ['#others = list_append(if_not_exists(#others, :none), :entry)'],
            add: ['digests :digests'],
            condition: ['attribute_exists(pk)', 'NOT contains(digests, :digest)'],
            names: { '#others': 'others' },
            values: { ':none': [], ':entry': [entry], ':digests': new Set([digest]), ':digest': digest },
          },
          // The size was computed from the item that was read. If another message was added since, compute it again.
          kept === 0
            ? { condition: ['attribute_not_exists(#others)'] }
            : { condition: ['size(#others) = :kept'], values: { ':kept': kept } },
          conflict ? conflictFlag : {},
        ),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  )
  if (outcome.kind === 'written') return conflict ? 'conflict' : 'outranked'
  return keepBeside(table, key, { callback, receivedAt, found: outcome.item })
}

/** Approximates the bytes that DynamoDB counts for one message beside a result. */
const bytesOf = ({ raw, ...rest }: { raw: string }): number =>
  Buffer.byteLength(raw) + Buffer.byteLength(JSON.stringify(rest))

const conflictFlag: UpdatePart = {
  set: ['#conflict = :true'],
  names: { '#conflict': 'conflict' },
  values: { ':true': true },
}

/** Marks a result as contradicted by a message that has no room beside it and is kept in quarantine. */
async function flagConflict(table: Table, key: Key): Promise<void> {
  await conditional(table, () =>
    table.client.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: key,
        ...joinUpdate(conflictFlag, { condition: ['attribute_exists(pk)'] }),
      }),
    ),
  )
}
