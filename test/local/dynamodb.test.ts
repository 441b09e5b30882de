import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keptFolder } from '../../local/data-folder.ts'
import { isReachable } from '../../local/dynamodb/is-reachable.ts'
import { createTable } from '../../local/dynamodb/create-table.ts'
import { dynamodbLocal } from '../../local/dynamodb/dynamodb-local.ts'
import { dynoxide } from '../../local/dynamodb/dynoxide.ts'
import type { Engine } from '../../local/dynamodb/engine-kind.ts'
import { type RunningDynamoDb, startDynamoDb } from '../../local/dynamodb/engine.ts'
import { readStream } from '../../local/dynamodb/stream-reader.ts'
import { streamsApi } from '../../local/event-sources/streams-api.ts'
import { StartError } from '../../local/start-error.ts'
import { agreement } from '../fakes/dynamodb/conformance/agreement.ts'
import { type Backend, type EngineName, table, tableName } from '../fakes/dynamodb/conformance/backend.ts'
import { describeDynamoDb } from '../fakes/dynamodb/conformance/suite.ts'
import { createFakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { toStreamRecords } from '../fakes/dynamodb/stream.ts'

const engines: [EngineName, Engine, randomRuns: number][] = [
  ['dynoxide', dynoxide, 150],
  ['dynamodb-local', dynamodbLocal, 60],
]

for (const [engine, candidate, randomRuns] of engines) {
  const located = await candidate.locate()
  const missing = 'missing' in located ? located.missing : undefined
  if (missing !== undefined) console.warn(`Not compared with ${engine}: ${missing}.`)

  describe.skipIf(missing !== undefined)(`${engine} as a DynamoDB`, () => {
    let running: RunningDynamoDb
    let backend: Backend

    beforeAll(async () => {
      running = await startDynamoDb({ preferred: engine })
      backend = { engine, client: DynamoDBDocumentClient.from(clientOf(running)) }
      await createTable(clientOf(running), {
        ...table,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      })
    })
    afterAll(() => running.stop())

    describeDynamoDb(engine, () => backend)

    test('gives the same results as the fake for random sequences of operations', async () => {
      await expect(agreement(backend, randomRuns)).resolves.toBeUndefined()
    })

    // Neither engine deletes expired items. Only the fake's expireItems() does.

    test('has the table that CloudFormation describes, with its time to live', async () => {
      const client = clientOf(running)
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
      expect(Table).toMatchObject({ KeySchema: table.KeySchema, StreamSpecification: table.StreamSpecification })
      expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).toSorted()).toEqual([
        'byShelf',
        'shelves',
        'titles',
      ])
      const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }))
      expect(TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'until' })
    })

    test('streams every change in order, like the fake', async () => {
      const fake = createFakeDynamoDb({ tables: [table] })
      const reader = await readStream({ endpoint: running.endpoint, tableName, from: 'LATEST' })
      const Key = { pk: 'stream', sk: '1' }
      for (const { send } of [backend.client, fake].map((each) => ({ send: each.send.bind(each) }))) {
        await send(new PutCommand({ TableName: tableName, Item: { ...Key, bytes: new Uint8Array([1]), n: 1 } }))
        const add = { TableName: tableName, Key, UpdateExpression: 'ADD n :v' }
        await send(new UpdateCommand({ ...add, ExpressionAttributeValues: { ':v': 1.5 } }))
        await send(new DeleteCommand({ TableName: tableName, Key }))
        await send(new DeleteCommand({ TableName: tableName, Key }))
      }
      const first = await reader.next(2)
      const records = [...first, ...(await reader.next(100))]
      expect(first).toHaveLength(2)
      // Dynoxide also streams a write that changes nothing, unlike AWS and DynamoDB Local. So the test has no such
      // write.
      expect(await reader.next(100)).toEqual([])
      expect(records.map(essence)).toEqual(toStreamRecords(fake.stream.changes).map(essence))
      const numbers = records.map(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0))
      expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)))
      expect(records[0]?.eventSourceARN).toContain(`table/${tableName}/stream/`)
      const all = await readStream({ endpoint: running.endpoint, tableName, from: 'TRIM_HORIZON' })
      expect((await all.next(10_000)).length).toBeGreaterThan(3)
    })

    test('keeps table and stream in a data folder, and a reader continues at its position', async () => {
      const path = mkdtempSync(join(tmpdir(), 'kept-engine-'))
      const { signal } = new AbortController()
      const run = async (work: (client: DynamoDBClient, stream: ReturnType<typeof streamsApi>) => Promise<void>) => {
        const kept = keptFolder(path)
        const own = await startDynamoDb({ preferred: engine, kept })
        const client = clientOf(own)
        await createTable(client, table).catch(() => undefined)
        const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
        const streamArn = Table?.LatestStreamArn ?? ''
        await work(client, streamsApi({ endpoint: own.endpoint, region: 'us-east-1', streamArn }))
        await own.stop()
        kept.close()
      }
      const put = async (client: DynamoDBClient, sk: string) =>
        DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: tableName, Item: { pk: 'kept', sk } }))
      let position = { shardId: '', sequenceNumber: '' }

      await run(async (client, stream) => {
        await put(client, 'before')
        const [shard] = await stream.shards(signal)
        const shardId = shard?.ShardId ?? ''
        const { records } = await stream.records(await stream.iterator(shardId, signal), signal)
        position = { shardId, sequenceNumber: records.at(-1)?.dynamodb.SequenceNumber ?? '' }
      })
      await run(async (client, stream) => {
        const Key = { pk: 'kept', sk: 'before' }
        const { Item } = await DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName: tableName, Key }))
        expect(Item).toEqual(Key)
        await put(client, 'after')
        const iterator = await stream.iterator(position.shardId, signal, position.sequenceNumber)
        const { records } = await stream.records(iterator, signal)
        expect(records.map(({ dynamodb }) => dynamodb.Keys['sk'])).toEqual([{ S: 'after' }])
      })
      rmSync(path, { recursive: true })
    }, 90_000)
  })
}

describe('starting the local DynamoDB', () => {
  const message = (options: Parameters<typeof startDynamoDb>[0]) =>
    startDynamoDb(options).then(
      () => 'it started',
      (error: unknown) => (error instanceof StartError ? error.message : `not a StartError: ${String(error)}`),
    )

  test('keeps a data folder with the engine that wrote it first', async () => {
    const path = mkdtempSync(join(tmpdir(), 'kept-engine-'))
    writeFileSync(join(path, 'engine'), 'another')
    const kept = keptFolder(path)
    expect(await message({ kept })).toContain(`The data folder ${path} holds tables of another, not dynoxide`)
    kept.close()
    rmSync(path, { recursive: true })
  })

  test('refuses an unknown engine by name', async () => {
    expect(await message({ preferred: 'postgres' })).toBe(
      'There is no DynamoDB engine named "postgres". Choose auto, dynoxide, dynamodb-local.',
    )
  })

  test('names an endpoint that does not answer or is invalid', async () => {
    expect(await message({ endpoint: 'http://127.0.0.1:1' })).toContain('http://127.0.0.1:1 does not answer')
    expect(await message({ endpoint: 'nonsense' })).toContain('"nonsense" is not a URL')
  })

  test('uses a running engine and refuses its port to another one', async () => {
    const running = await startDynamoDb()
    try {
      const attached = await startDynamoDb({ endpoint: running.endpoint })
      expect(attached).toMatchObject({ endpoint: running.endpoint, name: 'external' })
      await attached.stop()
      const port = Number(new URL(running.endpoint).port)
      expect(await message({ port })).toBe(`Port ${port} is already in use. Choose another one for DynamoDB.`)
    } finally {
      await running.stop()
    }
    expect(await message({ endpoint: running.endpoint })).toContain('does not answer')
  })

  test('ends the engine with the process that started it, even after kill -9', async () => {
    const engineModule = new URL('../../local/dynamodb/engine.ts', import.meta.url).href
    const script = `const { startDynamoDb } = await import('${engineModule}'); console.log((await startDynamoDb()).endpoint)`
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(starter.stdout, 'data')) as [Buffer]
    const endpoint = line.toString().trim()
    expect(await isReachable(endpoint, 1000)).toBe(true)
    starter.kill('SIGKILL')
    await expect.poll(() => isReachable(endpoint, 1000), { timeout: 5000 }).toBe(false)
  })

  test('reports in one sentence that DynamoDB Local needs Java', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = '/nowhere'
    try {
      expect(await message({ preferred: 'dynamodb-local' })).toBe(
        'No DynamoDB engine can run here: DynamoDB Local needs Java 17 or newer, but java is not installed.',
      )
    } finally {
      process.env['PATH'] = path
    }
  })
})

const essence = ({ eventName, dynamodb }: { eventName?: unknown; dynamodb?: object | undefined }) => {
  const { Keys, OldImage, NewImage, StreamViewType } = { ...dynamodb } as Record<string, unknown>
  return { eventName, Keys, OldImage, NewImage, StreamViewType }
}

const clientOf = ({ endpoint }: RunningDynamoDb) =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
