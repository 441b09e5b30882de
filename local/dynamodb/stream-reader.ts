import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { credentials } from '../aws/account.ts'
import { streamsApi } from '../event-sources/streams-api.ts'
import { StartError } from '../start-error.ts'

type Options = { endpoint: string; tableName: string; from: 'TRIM_HORIZON' | 'LATEST' }
type ShardReading = { parent: string | undefined; iterator: string | undefined; waiting: DynamoDBRecord[] }

export type StreamReader = { next(maxRecords: number): Promise<DynamoDBRecord[]> }

const region = 'us-east-1'

/**
 * Reads the stream of a table on demand, as records in the shape that Lambda passes to functions. Tests use it.
 *
 * Shards are read in order, and a child only after its parent has ended, so the changes of one item stay in order.
 * `next` returns up to `maxRecords` available records, or none if nothing has changed.
 */
export async function readStream({ endpoint, tableName, from }: Options): Promise<StreamReader> {
  const streamArn = await streamArnOf(endpoint, tableName)
  const api = streamsApi({ endpoint, region, streamArn })
  const { signal } = new AbortController()
  const shards = new Map<string, ShardReading>()

  const discover = async () => {
    for (const { ShardId, ParentShardId } of await api.shards(signal)) {
      if (shards.has(ShardId)) continue
      shards.set(ShardId, { parent: ParentShardId, iterator: await api.iterator(ShardId, signal), waiting: [] })
    }
  }

  const hasEnded = (shardId: string | undefined) => {
    const shard = shardId === undefined ? undefined : shards.get(shardId)
    return shard === undefined || (shard.iterator === undefined && shard.waiting.length === 0)
  }

  /** Reads one page, unless records are waiting already. */
  const fill = async (shard: ShardReading) => {
    if (shard.waiting.length > 0 || shard.iterator === undefined) return
    const { records, next } = await api.records(shard.iterator, signal)
    shard.iterator = next
    for (const record of records) {
      const lambdaRecord = { ...record, eventSourceARN: streamArn }
      if (isLambdaRecord(lambdaRecord)) shard.waiting.push(lambdaRecord)
    }
  }

  const next = async (maxRecords: number) => {
    await discover()
    const batch: DynamoDBRecord[] = []
    for (const shard of shards.values()) {
      if (!hasEnded(shard.parent)) continue
      while (batch.length < maxRecords) {
        await fill(shard)
        if (shard.waiting.length === 0) break
        batch.push(...shard.waiting.splice(0, maxRecords - batch.length))
      }
    }
    return batch
  }

  if (from === 'LATEST') while ((await next(10_000)).length > 0);
  return { next }
}

const isLambdaRecord = (record: object): record is DynamoDBRecord =>
  'eventName' in record && ['INSERT', 'MODIFY', 'REMOVE'].includes(String(record.eventName))

async function streamArnOf(endpoint: string, tableName: string): Promise<string> {
  const client = new DynamoDBClient({ endpoint, region, credentials })
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    if (Table?.LatestStreamArn === undefined) throw new StartError(`The table ${tableName} has no stream.`)
    return Table.LatestStreamArn
  } finally {
    client.destroy()
  }
}
