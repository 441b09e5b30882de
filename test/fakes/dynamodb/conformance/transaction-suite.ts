import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { expect } from 'vitest'
import { tableName as TableName } from './backend.ts'
import type { Claim, Send } from './suite.ts'

const refused = { name: 'ValidationException' }

/** Claims about operations on several items. */
export function describeTransactionsAndBatches(claim: Claim, send: Send): void {
  const get = async (pk: string, sk = '1') => (await send(new GetCommand({ TableName, Key: { pk, sk } }))).Item
  const write = (TransactItems: TransactWriteCommandInput['TransactItems'], more: object = {}) =>
    send(new TransactWriteCommand({ TransactItems, ...more }))
  const put = (pk: string, more: object = {}) => ({ Put: { TableName, Item: { pk, sk: '1', ...more } } })
  const add = (pk: string) => ({
    Update: { TableName, Key: { pk, sk: '1' }, UpdateExpression: 'ADD n :v', ExpressionAttributeValues: { ':v': 1 } },
  })

  claim('a transaction writes all its items', undefined, async () => {
    await send(new PutCommand({ TableName, Item: { pk: 'tx-all-3', sk: '1' } }))
    await write([
      put('tx-all-1'),
      add('tx-all-2'),
      { Delete: { TableName, Key: { pk: 'tx-all-3', sk: '1' }, ConditionExpression: 'attribute_exists(pk)' } },
      {
        ConditionCheck: {
          TableName,
          Key: { pk: 'tx-all-4', sk: '1' },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ])
    expect(await get('tx-all-1')).toEqual({ pk: 'tx-all-1', sk: '1' })
    expect(await get('tx-all-2')).toEqual({ pk: 'tx-all-2', sk: '1', n: 1 })
    expect(await get('tx-all-3')).toBeUndefined()
    expect(await get('tx-all-4')).toBeUndefined()
  })

  claim('a transaction that fails writes nothing and returns a reason for each action', undefined, async () => {
    await send(new PutCommand({ TableName, Item: { pk: 'tx-fail-2', sk: '1', n: 1 } }))
    const failing = {
      TableName,
      Item: { pk: 'tx-fail-2', sk: '1' },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    }
    const error = await write([put('tx-fail-1'), { Put: failing }, add('tx-fail-3')]).catch((each: unknown) => each)
    expect(error).toBeInstanceOf(TransactionCanceledException)
    expect(error).toMatchObject({
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'tx-fail-2' }, sk: { S: '1' }, n: { N: '1' } } },
        { Code: 'None' },
      ],
    })
    expect(await get('tx-fail-1')).toBeUndefined()
    expect(await get('tx-fail-3')).toBeUndefined()
  })

  claim(
    'an update that does not fit its item is a cancellation reason and not a refusal',
    { 'dynamodb-local': 'refuses the whole request' },
    async () => {
      await send(new PutCommand({ TableName, Item: { pk: 'tx-reason', sk: '1', n: 'text' } }))
      const error = await write([put('tx-reason-2'), add('tx-reason')]).catch((each: unknown) => each)
      expect(error).toMatchObject({ CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }] })
    },
  )

  claim('a transaction has 1 to 100 actions, each for another item', undefined, async () => {
    await expect(write([put('tx-twice'), add('tx-twice')])).rejects.toMatchObject(refused)
    await expect(write([])).rejects.toMatchObject(refused)
    const many = (count: number) => Array.from({ length: count }, (_, at) => put(`tx-many-${at}`))
    await expect(write(many(101))).rejects.toMatchObject(refused)
    await write(many(100))
    expect(await get('tx-many-99')).toBeDefined()
  })

  claim('a token makes a transaction idempotent and is valid for one request only', undefined, async () => {
    const token = { ClientRequestToken: 'conformance-token' }
    await write([add('tx-token')], token)
    await write([add('tx-token')], token)
    expect(await get('tx-token')).toMatchObject({ n: 1 })
    const other = write([add('tx-token-2')], token)
    await expect(other).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' })
  })

  claim('a transaction costs twice as much as its writes', undefined, async () => {
    const { ConsumedCapacity } = await write([put('tx-units', { text: 'x'.repeat(1500) }), add('tx-units-2')], {
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(ConsumedCapacity).toMatchObject([{ TableName, CapacityUnits: 6 }])
  })

  claim('a transaction does not double the cost of an index', { 'dynamodb-local': 'twice' }, async () => {
    const { ConsumedCapacity } = await write([put('tx-index', { shelf: 'tx', place: 1 })], {
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(ConsumedCapacity).toMatchObject([{ TableName, CapacityUnits: 2 + 3 }])
  })

  claim('a transactional get returns items in the order of the request', undefined, async () => {
    await send(new PutCommand({ TableName, Item: { pk: 'tx-get', sk: '1', n: 1 } }))
    const { Responses } = await send(
      new TransactGetCommand({
        TransactItems: [
          { Get: { TableName, Key: { pk: 'tx-get-none', sk: '1' } } },
          { Get: { TableName, Key: { pk: 'tx-get', sk: '1' } } },
        ],
      }),
    )
    expect(Responses).toEqual([{}, { Item: { pk: 'tx-get', sk: '1', n: 1 } }])
    const Get = { TableName, Key: { pk: 'tx-get', sk: '1' } }
    const twice = send(new TransactGetCommand({ TransactItems: [{ Get }, { Get }] }))
    await expect(twice).rejects.toMatchObject(refused)
  })

  claim('a transactional get returns the attributes of its projection', { dynoxide: 'adds the key' }, async () => {
    await send(new PutCommand({ TableName, Item: { pk: 'tx-project', sk: '1', n: 1 } }))
    const Get = { TableName, Key: { pk: 'tx-project', sk: '1' }, ProjectionExpression: 'n' }
    expect((await send(new TransactGetCommand({ TransactItems: [{ Get }] }))).Responses).toEqual([{ Item: { n: 1 } }])
  })

  claim('a batch writes up to 25 different items, and reads up to 100', undefined, async () => {
    const puts = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ PutRequest: { Item: { pk: `batch-${at}`, sk: '1' } } }))
    const batch = (requests: object[]) => send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }))
    expect((await batch(puts(25))).UnprocessedItems).toEqual({})
    await expect(batch(puts(26))).rejects.toMatchObject(refused)
    await expect(batch([...puts(1), ...puts(1)])).rejects.toMatchObject(refused)
    await batch([
      { DeleteRequest: { Key: { pk: 'batch-0', sk: '1' } } },
      { PutRequest: { Item: { pk: 'batch-1', sk: '1', n: 1 } } },
    ])

    const keys = (count: number) => Array.from({ length: count }, (_, at) => ({ pk: `batch-${at}`, sk: '1' }))
    const read = (Keys: { pk: string; sk: string }[]) =>
      send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }))
    const { Responses, UnprocessedKeys } = await read(keys(100))
    const found = Responses![TableName]!.map((item) => String(item['pk'])).toSorted()
    expect(found).toEqual(
      keys(25)
        .slice(1)
        .map(({ pk }) => pk)
        .toSorted(),
    )
    expect(UnprocessedKeys).toEqual({})
    await expect(read(keys(101))).rejects.toMatchObject(refused)
    await expect(read([...keys(1), ...keys(1)])).rejects.toMatchObject(refused)
  })
}
