import { createServer, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { credentials } from '../../local/aws/account.ts'
import { createTable } from '../../local/dynamodb/create-table.ts'
import { type RunningDynamoDb, startDynamoDb } from '../../local/dynamodb/engine.ts'
import { type RunningProxy, startProxy } from '../../local/dynamodb/proxy.ts'
import { region, until } from './builders.ts'

const TableName = 'limits'
const tables = [
  {
    name: TableName,
    key: { hash: 'pk', range: 'sk' },
    indexes: [
      { name: 'due', hash: 'dueBucket', range: 'dueAt' },
      { name: 'named', hash: 'family', range: 'given' },
    ],
  },
]
const refusals: string[] = []
beforeEach(() => void (refusals.length = 0))

const clientOf = (endpoint: string) => new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 })
const text = (S: string): AttributeValue => ({ S })
const keyOf = (pk: string, sk = 's') => ({ pk: text(pk), sk: text(sk) })
const put = (Item: Record<string, AttributeValue>) => new PutItemCommand({ TableName, Item })
const times = <Value>(count: number, make: (index: number) => Value) => Array.from({ length: count }, (_, i) => make(i))

describe('the local DynamoDB has the limits of DynamoDB:', () => {
  let engine: RunningDynamoDb
  let proxy: RunningProxy
  let client: DynamoDBClient

  beforeAll(async () => {
    engine = await startDynamoDb()
    const attribute = (AttributeName: string, AttributeType: string) => ({ AttributeName, AttributeType })
    const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType })
    const index = (IndexName: string, hash: string, range: string) => ({
      IndexName,
      KeySchema: [key(hash, 'HASH'), key(range, 'RANGE')],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })
    await createTable(clientOf(engine.endpoint), {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
      AttributeDefinitions: [
        ...['pk', 'sk', 'dueBucket', 'family', 'given'].map((name) => attribute(name, 'S')),
        attribute('dueAt', 'N'),
      ],
      GlobalSecondaryIndexes: [index('due', 'dueBucket', 'dueAt'), index('named', 'family', 'given')],
    })
    proxy = await startProxy({ engine: engine.endpoint, tables, onRefusal: (reason) => refusals.push(reason) })
    client = clientOf(proxy.endpoint)
    await client.send(put({ ...keyOf('large'), a: text('x'.repeat(300_000)) }))
  })
  afterAll(async () => {
    client.destroy()
    await proxy.stop()
    await engine.stop()
  })

  const itemOf = (bytes: number, pk = 'item') => ({ ...keyOf(pk), a: text('x'.repeat(bytes - pk.length - 6)) })
  const puts = (count: number, bytes = 100) =>
    times(count, (index) => ({ Put: { TableName, Item: itemOf(bytes, `t${index}`) } }))
  const enlarge = {
    TableName,
    Key: keyOf('large'),
    UpdateExpression: 'SET b = :b',
    ExpressionAttributeValues: { ':b': text('y'.repeat(150_000)) },
  }
  const batch = (count: number, bytes = 100) =>
    new BatchWriteItemCommand({
      RequestItems: { [TableName]: times(count, (index) => ({ PutRequest: { Item: itemOf(bytes, `b${index}`) } })) },
    })

  test('it accepts items and calls at the limits', async () => {
    await client.send(put(itemOf(400 * 1024)))
    await client.send(put(keyOf('p'.repeat(2048), 's'.repeat(1024))))
    await client.send(put({ ...keyOf('index'), family: text('f'.repeat(2048)), given: text('g'.repeat(1024)) }))
    await client.send(new TransactWriteItemsCommand({ TransactItems: puts(100) }))
    await client.send(batch(25))
    expect(refusals).toEqual([])
  })

  test.each<[string, () => object]>([
    ['an item above 400 KB', () => put(itemOf(400 * 1024 + 1))],
    ['an update that makes an item larger than 400 KB', () => new UpdateItemCommand(enlarge)],
    ['a partition key above 2,048 bytes', () => put(keyOf('p'.repeat(2049)))],
    ['a partition key of 2,049 bytes in 1,025 characters', () => put(keyOf(`x${'é'.repeat(1024)}`))],
    ['a sort key above 1,024 bytes', () => put(keyOf('p', 's'.repeat(1025)))],
    ['an empty key', () => put(keyOf(''))],
    ['an empty key of an index', () => put({ ...keyOf('i'), dueBucket: text(''), dueAt: { N: '1' } })],
    ['a key of an index that has another type', () => put({ ...keyOf('i'), dueBucket: text('b'), dueAt: text('1') })],
    ['a partition key of an index above 2,048 bytes', () => put({ ...keyOf('i'), family: text('f'.repeat(2049)) })],
    [
      'a sort key of an index above 1,024 bytes',
      () => put({ ...keyOf('i'), family: text('f'), given: text('g'.repeat(1025)) }),
    ],
    [
      'an update that sets a key of an index above 2,048 bytes',
      () =>
        new UpdateItemCommand({
          TableName,
          Key: keyOf('i'),
          UpdateExpression: 'SET a = :a, #family = :family',
          ExpressionAttributeNames: { '#family': 'family' },
          ExpressionAttributeValues: { ':a': text('a'), ':family': text('f'.repeat(2049)) },
        }),
    ],
    ['a transaction of 101 actions', () => new TransactWriteItemsCommand({ TransactItems: puts(101) })],
    ['a transaction above 4 MB', () => new TransactWriteItemsCommand({ TransactItems: puts(11, 390_000) })],
    [
      'a transaction that names an item twice',
      () => new TransactWriteItemsCommand({ TransactItems: [...puts(1), ...puts(1)] }),
    ],
    ['an item above 400 KB in a transaction', () => new TransactWriteItemsCommand({ TransactItems: puts(1, 410_000) })],
    [
      'a transaction that reads 101 items',
      () =>
        new TransactGetItemsCommand({
          TransactItems: times(101, (index) => ({ Get: { TableName, Key: keyOf(`t${index}`) } })),
        }),
    ],
    ['a batch of 26 writes', () => batch(26)],
    [
      'a batch above 16 MB',
      () =>
        new BatchWriteItemCommand({
          RequestItems: {
            [TableName]: times(25, (index) => ({
              PutRequest: { Item: { ...keyOf(`e${index}`), a: text('"'.repeat(390_000)) } },
            })),
          },
        }),
    ],
    ['a batch with an item above 400 KB', () => batch(1, 410_000)],
    [
      'a batch that names an item twice',
      () =>
        new BatchWriteItemCommand({
          RequestItems: { [TableName]: times(2, () => ({ PutRequest: { Item: keyOf('same') } })) },
        }),
    ],
    [
      'a batch of 101 reads',
      () =>
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: times(101, (index) => keyOf(`t${index}`)) } } }),
    ],
    [
      'a consistent read of an index',
      () =>
        new QueryCommand({
          TableName,
          IndexName: 'due',
          ConsistentRead: true,
          KeyConditionExpression: 'dueBucket = :b',
          ExpressionAttributeValues: { ':b': text('b') },
        }),
    ],
    ['a number of 39 digits', () => put({ ...keyOf('n'), count: { N: '1'.repeat(39) } })],
    ['an empty set', () => put({ ...keyOf('n'), names: { SS: [] } })],
  ])('it refuses %s with one line in the log', async (_what, command) => {
    await expect(client.send(command() as PutItemCommand)).rejects.toMatchObject({ name: 'ValidationException' })
    expect(refusals).toEqual([expect.stringContaining('ValidationException')])
  })

  test('it cancels a transaction with an update that makes an item larger than 400 KB', async () => {
    const sending = client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: enlarge }] }))

    await expect(sending).rejects.toMatchObject({ CancellationReasons: [{ Code: 'ValidationError' }] })
  })

  test('it logs nothing for a condition that is not met', async () => {
    const Item = keyOf('large')
    const sending = client.send(
      new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
    )

    await expect(sending).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    expect(refusals).toEqual([])
  })

  test('it ends a page of a query at 1 MB', async () => {
    for (let index = 0; index < 4; index += 1) {
      await client.send(put({ ...keyOf('page', String(index)), a: text('x'.repeat(390_000)) }))
    }
    const query = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': text('page') } }

    const { Items, LastEvaluatedKey } = await client.send(new QueryCommand(query))

    expect(Items).toHaveLength(2)
    expect(LastEvaluatedKey).toEqual(keyOf('page', '1'))
  })
})

describe('an item in a running transaction', () => {
  let slow: Server
  let proxy: RunningProxy
  let client: DynamoDBClient
  let held: ServerResponse[] = []

  beforeEach(async () => {
    held = []
    // An engine that answers a transaction only on demand, and everything else at once.
    slow = createServer((incoming, response) => {
      incoming.resume()
      if (String(incoming.headers['x-amz-target']).endsWith('TransactWriteItems')) held.push(response)
      else response.end('{}')
    })
    slow.listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const { port } = slow.address() as { port: number }
    proxy = await startProxy({
      engine: `http://127.0.0.1:${port}`,
      tables,
      onRefusal: (reason) => refusals.push(reason),
    })
    client = clientOf(proxy.endpoint)
  })
  afterEach(async () => {
    client.destroy()
    await proxy.stop()
    slow.closeAllConnections()
    slow.close()
  })

  const transaction = (...pks: string[]) =>
    new TransactWriteItemsCommand({ TransactItems: pks.map((pk) => ({ Put: { TableName, Item: keyOf(pk) } })) })
  const begin = async () => {
    const running = client.send(transaction('first', 'second'))
    await until(() => held.length === 1)
    return { finish: () => (held.splice(0).forEach((response) => response.end('{}')), running) }
  }

  test('makes another transaction on it fail, with the reason at its place', async () => {
    const { finish } = await begin()

    await expect(client.send(transaction('third', 'second'))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    })
    expect(refusals).toHaveLength(1)
    await finish()
  })

  test.each([
    ['put', () => put(keyOf('second'))],
    ['update', () => new UpdateItemCommand({ TableName, Key: keyOf('second') })],
    ['deletion', () => new DeleteItemCommand({ TableName, Key: keyOf('second') })],
  ])('refuses a %s', async (_what, command) => {
    const { finish } = await begin()

    const sending: Promise<unknown> = client.send(command() as PutItemCommand)
    await expect(sending).rejects.toMatchObject({ name: 'TransactionConflictException' })
    await finish()
  })

  test('refuses a transactional read and allows any other read', async () => {
    const { finish } = await begin()

    const read = { TableName, Key: keyOf('second') }
    const sending = client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: read }] }))
    await expect(sending).rejects.toMatchObject({ name: 'TransactionCanceledException' })
    await client.send(new GetItemCommand(read))
    await finish()
  })

  test('does not block other items and can be written afterwards', async () => {
    const { finish } = await begin()
    await client.send(put(keyOf('third')))
    await client.send(put(keyOf('second', 'another sort key')))
    await finish()

    await client.send(put(keyOf('second')))
    expect(refusals).toEqual([])
  })

  test('is released when the engine cancels the transaction', async () => {
    const running = client.send(transaction('first'))
    await until(() => held.length === 1)
    held.splice(0).forEach((response) => response.destroy())
    await expect(running).rejects.toBeInstanceOf(Error)

    await client.send(put(keyOf('first')))
  })
})
