import { QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { DueItem, DuePage, DueStore } from '../profile/request/due-store.ts'
import type { UpstreamName } from '../profile/request/result.ts'
import { type Item, readItem } from './table/items.ts'
import { conditional } from './table/conditions.ts'
import {
  decisionBucket,
  dueBuckets,
  type Key,
  orphanKey,
  requestKey,
  submissionKey,
  submissionOfKey,
} from './table/keys.ts'
import type { Table } from './table/table.ts'
import { joinUpdate } from './table/update-parts.ts'

const Entry = z.object({ pk: z.string(), sk: z.string(), dueAt: z.number() })
const Bucketed = z.object({ dueBucket: z.string(), dueAt: z.number() })

/** The sparse index `due`: every item with a `dueAt`. The sweep works through it; operators list its orphans. */
export function dueStore(table: Table): DueStore {
  const { client, tableName } = table
  const query = async (bucket: string, { before, limit, after }: DuePage): Promise<DueItem[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'due',
        KeyConditionExpression: 'dueBucket = :bucket AND dueAt <= :before',
        ExpressionAttributeValues: { ':bucket': bucket, ':before': before },
        Limit: limit,
        ExclusiveStartKey: after === undefined ? undefined : { ...keyOf(after), dueBucket: bucket, dueAt: after.dueAt },
      }),
    )
    return Items.map((item) => dueItem(readItem(Entry, item)))
  }
  return {
    async listDue(now, limit) {
      const shards = await Promise.all(dueBuckets.map((bucket) => query(bucket, { before: now, limit })))
      return shards.flat().toSorted((a, b) => a.dueAt - b.dueAt)
    },
    async findDueShards(now, most) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({ TableName: tableName, IndexName: 'due', Limit: most }),
      )
      if (LastEvaluatedKey !== undefined) return undefined
      const due = Items.map((item) => readItem(Bucketed, item)).filter(({ dueAt }) => dueAt <= now)
      return [...new Set(due.map(({ dueBucket }) => dueBuckets.indexOf(dueBucket)))].filter((shard) => shard >= 0)
    },
    listDueOf: (shard, page) => query(dueBuckets[shard] ?? '', page),
    async postponeDue(item, dueAt) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(item),
            ...joinUpdate({
              set: ['dueAt = :later'],
              condition: ['dueAt = :dueAt'],
              values: { ':later': dueAt, ':dueAt': item.dueAt },
            }),
          }),
        ),
      )
    },
    listAwaitingDecision: (limit) => query(decisionBucket, { before: Number.MAX_SAFE_INTEGER, limit }),
    async listOrphans(limit) {
      const found: UpstreamName[] = []
      for (const bucket of dueBuckets) {
        let startKey: Item | undefined
        do {
          const { Items = [], LastEvaluatedKey } = await client.send(
            new QueryCommand({
              TableName: tableName,
              IndexName: 'due',
              KeyConditionExpression: 'dueBucket = :bucket',
              FilterExpression: 'sk = :orphan',
              ExpressionAttributeValues: { ':bucket': bucket, ':orphan': 'ORPHAN' },
              ExclusiveStartKey: startKey,
            }),
          )
          for (const item of Items) {
            const entry = dueItem(readItem(Entry, item))
            if (entry.kind === 'orphan') found.push(entry)
          }
          startKey = LastEvaluatedKey
        } while (startKey !== undefined && found.length < limit)
      }
      return found.slice(0, limit)
    },
  }
}

/** Reads a due item from its keys, the only attributes that the index projects. */
function dueItem({ pk, sk, dueAt }: z.infer<typeof Entry>): DueItem {
  const id = pk.slice(4)
  if (pk.startsWith('REQ#') && sk === 'META') return { kind: 'request', requestId: id, dueAt }
  const submission = submissionOfKey({ pk, sk })
  if (submission !== undefined) return { kind: 'submission', ...submission, dueAt }
  const [, account, upstreamRequestId] = /^TSR#([^#]*)#(.+)$/.exec(pk) ?? []
  if (account !== undefined && upstreamRequestId !== undefined && sk === 'ORPHAN') {
    return { kind: 'orphan', accountName: decodeURIComponent(account), upstreamRequestId, dueAt }
  }
  return { kind: 'unreadable', pk, sk, dueAt }
}

function keyOf(item: DueItem): Key {
  switch (item.kind) {
    case 'request':
      return requestKey(item.requestId)
    case 'submission':
      return submissionKey(item, item.submission)
    case 'orphan':
      return orphanKey(item)
    case 'unreadable':
      return { pk: item.pk, sk: item.sk }
  }
}
