import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { inParallel } from '../parallel.ts'
import type { RetentionStore } from '../profile/request/request-store.ts'
import { conditional } from './table/conditions.ts'
import { readItem } from './table/items.ts'
import {
  failurePartitions,
  type Key,
  partKey,
  requestKey,
  requestPartition,
  submissionPrefix,
  upstreamPartition,
} from './table/keys.ts'
import { expiryOf, partExpiryOf, type Table } from './table/table.ts'
import { everyItemOf } from './table/pages.ts'
import { joinUpdate } from './table/update-parts.ts'

const Kept = z.object({
  pk: z.string(),
  sk: z.string(),
  expiresAt: z.number(),
  upstreamRequestIds: z.optional(z.array(z.string())),
})
/** Items that would gain less than a day are not rewritten. In seconds, as `expiresAt` is. */
const daySeconds = 24 * 3600

/**
 * Extends the retention of a request and all its items. A retry of an old request needs it, or its records would
 * expire.
 */
export function retentionStore(table: Table): RetentionStore {
  const { client, tableName } = table

  const itemsOf = async (pk: string) => {
    const items = await everyItemOf(table, pk, { attributes: 'pk, sk, expiresAt, upstreamRequestIds' })
    return items.map((item) => readItem(Kept, item))
  }
  const keepUntil = async ({ pk, sk }: Key, until: number) => {
    await conditional(table, () =>
      client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { pk, sk },
          ...joinUpdate({
            set: ['expiresAt = :until'],
            condition: ['attribute_exists(pk)', 'expiresAt < :until'],
            values: { ':until': until },
          }),
        }),
      ),
    )
  }

  return {
    async keepLonger(request, now) {
      const { requestId, accountName, deviceCount } = request
      const until = partExpiryOf(table, now)
      const isShort = ({ expiresAt }: { expiresAt: number }) => until - expiresAt > daySeconds
      const own = await itemsOf(requestPartition(requestId))
      const parts = own.filter(
        ({ sk }) => sk.startsWith(submissionPrefix(request)) || sk.startsWith(partKey(request, 0).sk.slice(0, -2)),
      )
      const upstream = new Set(parts.flatMap(({ upstreamRequestIds = [] }) => upstreamRequestIds))
      await inParallel([...upstream], async (upstreamRequestId) => {
        const evidence = await itemsOf(upstreamPartition({ accountName, upstreamRequestId }))
        await inParallel(evidence.filter(isShort), (key) => keepUntil(key, until))
      })
      await inParallel(parts.filter(isShort), (key) => keepUntil(key, until))
      await inParallel(failurePartitions(requestId, deviceCount), async (partition) => {
        const failures = await itemsOf(partition)
        await inParallel(failures.filter(isShort), (key) => keepUntil(key, expiryOf(table, now)))
      })
      const meta = requestKey(requestId)
      if (own.some(({ sk, expiresAt }) => sk === meta.sk && expiryOf(table, now) - expiresAt > daySeconds))
        await keepUntil(meta, expiryOf(table, now))
    },
  }
}
