import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb'
import {
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { describe, expect, test } from 'vitest'
import { table, tableName as TableName } from './dynamodb/conformance/backend.ts'
import { describeDynamoDb } from './dynamodb/conformance/suite.ts'
import type { KeyedCharge } from './dynamodb/capacity.ts'
import { throttled, transactionConflict } from './dynamodb/errors.ts'
import { type FakeDynamoDbOptions, type Operation, createFakeDynamoDb } from './dynamodb/fake.ts'
import { toStreamRecords } from './dynamodb/stream.ts'

describe('the DynamoDB fake as a DynamoDB', () => {
  const client = createFakeDynamoDb({ tables: [table] })
  describeDynamoDb('fake', () => ({ engine: 'fake', client }))
})

describe('the DynamoDB fake', () => {
  const fakeWith = (options: Partial<FakeDynamoDbOptions> = {}) => createFakeDynamoDb({ tables: [table], ...options })
  const put = (sk: string, more: object = {}) => new PutCommand({ TableName, Item: { pk: 'a', sk, ...more } })
  const get = (sk: string) => new GetCommand({ TableName, Key: { pk: 'a', sk } })

  test('passes every operation with its number to the hooks', async () => {
    const seen: (Operation & { output?: object })[] = []
    const fake = fakeWith({ before: (operation) => void seen.push(operation), after: (done) => void seen.push(done) })

    await fake.send(put('1'))
    await fake.send(get('1'))

    expect(seen.map(({ number, command }) => [number, command])).toEqual([
      [1, 'PutCommand'],
      [1, 'PutCommand'],
      [2, 'GetCommand'],
      [2, 'GetCommand'],
    ])
    expect(seen[3]?.output).toMatchObject({ Item: { sk: '1' } })
  })

  test('does not apply an operation that is refused before it, and applies one that is lost after it', async () => {
    const refusing = fakeWith({
      before: () => {
        throw throttled()
      },
    })
    await expect(refusing.send(put('1'))).rejects.toBeInstanceOf(ProvisionedThroughputExceededException)
    expect(refusing.snapshot()).toEqual([])

    const losing = fakeWith({ after: () => Promise.reject(new Error('the answer was lost')) })
    await expect(losing.send(put('1'))).rejects.toThrow('the answer was lost')
    expect(losing.snapshot()).toEqual([{ pk: 'a', sk: '1' }])
  })

  test('refuses writes that meet a running transaction, and accepts them afterwards', async () => {
    let letGo = () => undefined as void
    const gate = new Promise<void>((resolve) => (letGo = resolve))
    const fake = fakeWith({ overlaps: () => gate })
    const transaction = (...names: string[]) =>
      new TransactWriteCommand({ TransactItems: names.map((sk) => ({ Put: put(sk).input })) })

    const underWay = fake.send(transaction('1', '2'))
    await expect(fake.send(transaction('3', '2'))).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    })
    await expect(fake.send(put('1'))).rejects.toMatchObject({ name: 'TransactionConflictException' })
    await fake.send(put('4'))
    await fake.send(get('1'))
    letGo()
    await underWay
    await fake.send(put('1', { again: true }))
    await fake.send(transaction('3', '2'))

    expect(fake.snapshot().map(({ sk }) => sk)).toEqual(['1', '2', '3', '4'])
  })

  test('deletes the items whose time to live is reported as over', async () => {
    const fake = fakeWith({ now: () => 10_000 })
    await fake.send(put('1', { until: 1 }))
    await fake.send(put('2', { until: 2 }))
    await fake.send(put('3', { until: 20 }))

    expect(fake.expireItems(({ sk }) => sk !== '1')).toBe(1)
    expect(fake.snapshot().map(({ sk }) => sk)).toEqual(['1', '3'])
    expect(fake.expireItems()).toBe(1)
    expect(fake.snapshot().map(({ sk }) => sk)).toEqual(['3'])
  })

  test('cancels a transaction as a conflict does if a hook says so', async () => {
    const fake = fakeWith({ before: () => Promise.reject(transactionConflict(2, 1)) })
    const error = await fake.send(new TransactWriteCommand({ TransactItems: [] })).catch((each: unknown) => each)
    expect(error).toMatchObject({ CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] })
  })

  test('shares no object with its callers', async () => {
    const fake = fakeWith()
    const nested = firstNested()
    await fake.send(put('1', { nested }))
    nested.list.push(2)
    nested.tags.add('b')
    nested.bytes[0] = 2

    const read = (await fake.send(get('1'))).Item!
    expect(read['nested']).toEqual(firstNested())
    ;(read['nested'] as typeof nested).list.push(3)

    expect((await fake.send(get('1'))).Item).toEqual({ pk: 'a', sk: '1', nested: firstNested() })
  })

  test('refuses undefined like the SDK, or omits it if configured like the SDK', async () => {
    await expect(fakeWith().send(put('1', { gone: undefined }))).rejects.toThrow('removeUndefinedValues')
    const lenient = fakeWith({ removeUndefinedValues: true })
    await lenient.send(put('1', { gone: undefined, list: [undefined, 1] }))
    expect(lenient.snapshot()).toEqual([{ pk: 'a', sk: '1', list: [1] }])
    await expect(lenient.send(put('1', { at: new Date() }))).rejects.toThrow('Unsupported type')
    await expect(lenient.send(put('1', { none: new Set() }))).rejects.toThrow('non-empty set')
  })

  test('refuses a parameter that it would ignore', async () => {
    const old = new GetCommand({ TableName, Key: { pk: 'a', sk: '1' }, AttributesToGet: ['pk'] })
    await expect(fakeWith().send(old)).rejects.toThrow('knows no AttributesToGet')
  })

  test('updates a lagging index with the clock or on demand', async () => {
    let now = 1_000
    const fake = fakeWith({ indexLagMs: 500, now: () => now })
    const onShelf = async () => {
      const query = { TableName, IndexName: 'byShelf', KeyConditionExpression: 'shelf = :s' }
      return (await fake.send(new QueryCommand({ ...query, ExpressionAttributeValues: { ':s': 'x' } }))).Count
    }
    await fake.send(put('1', { shelf: 'x', place: 1 }))
    expect(await onShelf()).toBe(0)
    now += 500
    expect(await onShelf()).toBe(1)
    await fake.send(put('2', { shelf: 'x', place: 2 }))
    fake.settleIndexes()
    expect(await onShelf()).toBe(2)
  })

  test('shows a read that is not consistent an item as it was before its latest write, for as long as reads lag', async () => {
    let now = 1_000
    const fake = fakeWith({ readLagMs: 500, now: () => now })
    const read = async (ConsistentRead?: boolean) =>
      (await fake.send(new GetCommand({ TableName, Key: { pk: 'a', sk: '1' }, ConsistentRead }))).Item?.['place']
    await fake.send(put('1', { place: 1 }))
    expect([await read(), await read(true)]).toEqual([undefined, 1])
    now += 500
    expect(await read()).toBe(1)
    const back = fake.mark()
    await fake.send(put('1', { place: 2 }))
    expect([await read(false), await read(true)]).toEqual([1, 2])
    back()
    expect([await read(), await read(true)]).toEqual([1, 1])
  })

  test('counts all capacity units, including those of refused operations', async () => {
    const fake = fakeWith()
    await fake.send(put('1', { shelf: 'x', place: 1 }))
    expect(fake.meter).toMatchObject({ writeUnits: 4, readUnits: 0, indexes: { byShelf: { writeUnits: 1 } } })
    fake.resetMeter()
    await fake.send(get('1'))
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' }
    const failing = new PutCommand({ TableName, Item: { pk: 'a', sk: '1' }, ...condition })
    await expect(fake.send(failing)).rejects.toHaveProperty('name', 'ConditionalCheckFailedException')
    expect(fake.meter).toEqual({ writeUnits: 1, readUnits: 0.5, indexes: {} })
  })

  test('tells from which keys an operation takes its units', async () => {
    const seen: KeyedCharge[][] = []
    const fake = fakeWith({ after: ({ charges }) => void seen.push([...charges]) })
    await fake.send(put('1', { shelf: 'x', place: 1 }))
    await fake.send(put('1', { shelf: 'y', place: 1 }))
    const query = { TableName, IndexName: 'byShelf', KeyConditionExpression: 'shelf = :s' }
    await fake.send(new QueryCommand({ ...query, ExpressionAttributeValues: { ':s': 'y' } }))
    const own = { kind: 'write', units: 1, key: { hash: 'a', range: '1' } }
    const entry = (shelf: string) => ({ kind: 'write', units: 1, index: 'byShelf', key: { hash: shelf, range: 1 } })
    expect(seen[0]).toEqual(expect.arrayContaining([own, entry('x')]))
    expect(seen[1]).toEqual(expect.arrayContaining([own, entry('x'), entry('y')]))
    expect(seen[2]).toContainEqual({ kind: 'read', units: 0.5, index: 'byShelf', key: { hash: 'y' } })
  })

  test('has a stream that is read by a cursor and converted to Lambda records', async () => {
    const fake = fakeWith({ now: () => Date.UTC(2026, 0, 1) })
    await fake.send(put('1', { bytes: new Uint8Array([1, 2]) }))
    const first = fake.stream.read(0)
    await fake.send(put('1', { bytes: new Uint8Array([1, 2]) }))
    await fake.send(put('1', { tags: new Set(['x']) }))
    const second = fake.stream.read(first.cursor, 1)

    expect(first.changes).toMatchObject([{ eventName: 'INSERT', keys: { pk: 'a', sk: '1' } }])
    expect(second.changes).toMatchObject([{ eventName: 'MODIFY' }])
    expect(toStreamRecords(second.changes)).toMatchObject([
      {
        eventName: 'MODIFY',
        eventSource: 'aws:dynamodb',
        dynamodb: {
          Keys: { pk: { S: 'a' }, sk: { S: '1' } },
          OldImage: { bytes: { B: 'AQI=' } },
          NewImage: { tags: { SS: ['x'] } },
          SequenceNumber: '000000000000000000002',
        },
      },
    ])
  })

  test('deletes expired items on demand, and the stream shows that time to live did it', async () => {
    const fake = fakeWith({ now: () => 100_000 })
    await fake.send(put('1', { until: 99 }))
    await fake.send(put('2', { until: 100 }))
    await fake.send(put('3', { until: 'never' }))
    expect(fake.expireItems()).toBe(1)
    expect(fake.snapshot().map(({ sk }) => sk)).toEqual(['2', '3'])
    expect(toStreamRecords(fake.stream.changes.slice(-1))).toMatchObject([
      { eventName: 'REMOVE', userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } },
    ])
  })

  test('leaves the requested items of a batch unprocessed', async () => {
    const fake = fakeWith({ unprocessed: ({ key }) => key['sk'] === '2' })
    const requests = ['1', '2'].map((sk) => ({ PutRequest: { Item: { pk: 'a', sk } } }))
    const { UnprocessedItems } = await fake.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }))
    expect(UnprocessedItems).toEqual({ [TableName]: [requests[1]] })
    expect(fake.snapshot()).toEqual([{ pk: 'a', sk: '1' }])
  })

  test('forgets a transaction token after ten minutes', async () => {
    let now = 0
    const fake = fakeWith({ now: () => now })
    const add = {
      TableName,
      Key: { pk: 'a', sk: '1' },
      UpdateExpression: 'ADD n :v',
      ExpressionAttributeValues: { ':v': 1 },
    }
    const send = () =>
      fake.send(new TransactWriteCommand({ TransactItems: [{ Update: add }], ClientRequestToken: 'once' }))
    await send()
    await send()
    fake.resetMeter()
    await send()
    expect(fake.meter).toMatchObject({ readUnits: 2, writeUnits: 0 })
    now += 10 * 60 * 1000 + 1
    await send()
    expect(fake.snapshot()).toEqual([{ pk: 'a', sk: '1', n: 2 }])
  })

  test('restores a mark as often as requested, even past later marks', async () => {
    const fake = fakeWith()
    await fake.send(put('1', { n: 1 }))
    const first = fake.mark()
    await fake.send(put('2'))
    const second = fake.mark()
    await fake.send(put('1', { n: 2 }))
    await fake.send(put('3'))

    first()
    expect(fake.snapshot()).toEqual([{ pk: 'a', sk: '1', n: 1 }])
    await fake.send(put('4'))
    second()
    expect(fake.snapshot().map(({ sk }) => sk)).toEqual(['1', '2'])
    expect(fake.stream.changes.map(({ keys }) => keys['sk'])).toEqual(['1', '2'])
    const { Items } = await fake.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :a',
        ExpressionAttributeValues: { ':a': 'a' },
      }),
    )
    expect(Items).toHaveLength(2)
  })

  test('sorts the snapshot by key', async () => {
    const fake = fakeWith()
    for (const sk of ['b', 'a', 'aa']) await fake.send(put(sk))
    await fake.send(new UpdateCommand({ TableName, Key: { pk: 'Z', sk: 'z' } }))
    expect(fake.snapshot()).toEqual([
      { pk: 'Z', sk: 'z' },
      { pk: 'a', sk: 'a' },
      { pk: 'a', sk: 'aa' },
      { pk: 'a', sk: 'b' },
    ])
  })
})

const firstNested = () => ({ list: [1], tags: new Set(['a']), bytes: new Uint8Array([1]) })
