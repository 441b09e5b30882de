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
import { throttled, transactionConflict } from './dynamodb/errors.ts'
import { type FakeDynamoDbOptions, type Operation, createFakeDynamoDb } from './dynamodb/fake.ts'
import { toStreamRecords } from './dynamodb/stream.ts'

describe('the DynamoDB fake as a DynamoDB', () => {
  const client = createFakeDynamoDb({ tables: [table] })
  describeDynamoDb('fake', () => ({ engine: 'fake', client }))
})

describe('the DynamoDB fake as a fake', () => {
  const fakeWith = (options: Partial<FakeDynamoDbOptions> = {}) => createFakeDynamoDb({ tables: [table], ...options })
  const put = (sk: string, more: object = {}) => new PutCommand({ TableName, Item: { pk: 'a', sk, ...more } })
  const get = (sk: string) => new GetCommand({ TableName, Key: { pk: 'a', sk } })

  test('every operation passes the hooks with its number', async () => {
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

  test('an operation refused before has no effect, and one lost after has', async () => {
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

  test('writes that meet a transaction under way are refused, and go through after it', async () => {
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

  test('time to live takes the items that it is told it has come to', async () => {
    const fake = fakeWith({ now: () => 10_000 })
    await fake.send(put('1', { until: 1 }))
    await fake.send(put('2', { until: 2 }))
    await fake.send(put('3', { until: 20 }))

    expect(fake.expireItems(({ sk }) => sk !== '1')).toBe(1)
    expect(fake.snapshot().map(({ sk }) => sk)).toEqual(['1', '3'])
    expect(fake.expireItems()).toBe(1)
    expect(fake.snapshot().map(({ sk }) => sk)).toEqual(['3'])
  })

  test('a hook can cancel a transaction as a conflict does', async () => {
    const fake = fakeWith({ before: () => Promise.reject(transactionConflict(2, 1)) })
    const error = await fake.send(new TransactWriteCommand({ TransactItems: [] })).catch((each: unknown) => each)
    expect(error).toMatchObject({ CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] })
  })

  test('neither what was put nor what was read leads into the table', async () => {
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

  test('undefined is refused as the SDK does, or left out as the SDK can be told', async () => {
    await expect(fakeWith().send(put('1', { gone: undefined }))).rejects.toThrow('removeUndefinedValues')
    const lenient = fakeWith({ removeUndefinedValues: true })
    await lenient.send(put('1', { gone: undefined, list: [undefined, 1] }))
    expect(lenient.snapshot()).toEqual([{ pk: 'a', sk: '1', list: [1] }])
    await expect(lenient.send(put('1', { at: new Date() }))).rejects.toThrow('Unsupported type')
    await expect(lenient.send(put('1', { none: new Set() }))).rejects.toThrow('non-empty set')
  })

  test('a parameter that would be ignored is refused', async () => {
    const old = new GetCommand({ TableName, Key: { pk: 'a', sk: '1' }, AttributesToGet: ['pk'] })
    await expect(fakeWith().send(old)).rejects.toThrow('knows no AttributesToGet')
  })

  test('a lagging index follows its table with the clock, or when told', async () => {
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

  test('the meter counts everything, also what is refused', async () => {
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

  test('the stream is read by a cursor, and made into what Lambda gets', async () => {
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

  test('what has outlived its time is deleted on demand, and the stream says by whom', async () => {
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

  test('a batch leaves over what it is told to', async () => {
    const fake = fakeWith({ unprocessed: ({ key }) => key['sk'] === '2' })
    const requests = ['1', '2'].map((sk) => ({ PutRequest: { Item: { pk: 'a', sk } } }))
    const { UnprocessedItems } = await fake.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }))
    expect(UnprocessedItems).toEqual({ [TableName]: [requests[1]] })
    expect(fake.snapshot()).toEqual([{ pk: 'a', sk: '1' }])
  })

  test('a transaction token is forgotten after ten minutes', async () => {
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

  test('it goes back to a mark as often as it is asked, past marks that were made since', async () => {
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

  test('the snapshot is sorted by key', async () => {
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
