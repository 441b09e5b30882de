import {
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { expect } from 'vitest'
import { tableName as TableName } from './backend.ts'
import type { Claim, Send } from './suite.ts'

const refused = { name: 'ValidationException' }
/** Three bytes per character, padded with single bytes. */
const textOf = (bytes: number): string => '\u20ac'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)

/** Sizes and characters that DynamoDB refuses: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export function describeLimits(claim: Claim, send: Send): void {
  const put = (Item: Record<string, unknown>) => send(new PutCommand({ TableName, Item }))
  const query = (values: Record<string, unknown>, condition = 'pk = :pk AND sk = :sk') =>
    send(new QueryCommand({ TableName, KeyConditionExpression: condition, ExpressionAttributeValues: values }))

  claim('a partition key has up to 2048 bytes and a sort key up to 1024', undefined, async () => {
    const Key = { pk: textOf(2048), sk: textOf(1024) }
    await put(Key)
    expect((await send(new GetCommand({ TableName, Key }))).Item).toEqual(Key)
    expect((await query({ ':pk': Key.pk, ':sk': Key.sk })).Count).toBe(1)
    for (const tooLong of [
      { pk: `${Key.pk}x`, sk: '1' },
      { pk: '1', sk: `${Key.sk}x` },
    ]) {
      await expect(put(tooLong)).rejects.toMatchObject(refused)
      await expect(send(new GetCommand({ TableName, Key: tooLong }))).rejects.toMatchObject(refused)
      await expect(send(new UpdateCommand({ TableName, Key: tooLong }))).rejects.toMatchObject(refused)
      const RequestItems = { [TableName]: [{ PutRequest: { Item: tooLong } }] }
      await expect(send(new BatchWriteCommand({ RequestItems }))).rejects.toMatchObject(refused)
    }
  })

  claim(
    'a query for a key that is too long is refused',
    { dynoxide: 'finds nothing', 'dynamodb-local': 'finds nothing' },
    async () => {
      await expect(query({ ':pk': textOf(2049), ':sk': '1' })).rejects.toMatchObject(refused)
      await expect(query({ ':pk': '1', ':sk': textOf(1025) })).rejects.toMatchObject(refused)
    },
  )

  claim('a key of an index has the same lengths', { dynoxide: 'takes any length' }, async () => {
    await put({ pk: 'limit-index', sk: '1', shelf: textOf(2048) })
    await expect(put({ pk: 'limit-index', sk: '2', shelf: textOf(2049) })).rejects.toMatchObject(refused)
  })

  // AWS documents only that a text is UTF-8, which half of a surrogate pair cannot be.
  claim('half of a surrogate pair is refused in any place', { 'dynamodb-local': 'takes it' }, async () => {
    const sk = '1'
    for (const item of [{ text: 'a\ud83d' }, { list: [{ text: '\ude00a' }] }, { tags: new Set(['\ud83d']) }]) {
      await expect(put({ pk: 'limit-half', sk, ...item })).rejects.toHaveProperty(
        'name',
        expect.stringMatching(/^(Validation|Serialization)Exception$/),
      )
    }
    await expect(put({ pk: 'limit-half\ud83d', sk })).rejects.toHaveProperty(
      'name',
      expect.stringMatching(/^(Validation|Serialization)Exception$/),
    )
    await put({ pk: 'limit-half', sk, text: '\u{1f4f1}' })
    expect((await send(new GetCommand({ TableName, Key: { pk: 'limit-half', sk } }))).Item?.['text']).toBe('\u{1f4f1}')
  })

  claim('an update that would make an item larger than 400 KB is refused and changes nothing', undefined, async () => {
    const Key = { pk: 'limit-grow', sk: '1' }
    const grow = new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET texts = list_append(if_not_exists(texts, :none), :more)',
      ExpressionAttributeValues: { ':none': [], ':more': [textOf(150_000)] },
    })
    await send(grow)
    await send(grow)
    await expect(send(grow)).rejects.toMatchObject(refused)
    expect((await send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item?.['texts']).toHaveLength(2)
  })

  claim('a transaction has up to 4 MB', undefined, async () => {
    const items = (count: number, bytes: number) =>
      Array.from({ length: count }, (_, at) => ({
        Put: { TableName, Item: { pk: `limit-tx-${at}`, sk: '1', text: 'x'.repeat(bytes) } },
      }))
    await send(new TransactWriteCommand({ TransactItems: items(10, 380_000) }))
    await expect(send(new TransactWriteCommand({ TransactItems: items(11, 390_000) }))).rejects.toHaveProperty(
      'name',
      expect.stringMatching(/^(ValidationException|TransactionCanceledException)$/),
    )
  })

  claim('an expression has up to 4 KB', undefined, async () => {
    const conditionOf = (bytes: number) => `attribute_not_exists(${'a'.repeat(bytes - 22)})`
    const check = (ConditionExpression: string) =>
      send(new PutCommand({ TableName, Item: { pk: 'limit-expression', sk: '1' }, ConditionExpression }))
    await expect(check(conditionOf(4097))).rejects.toMatchObject(refused)
  })
}
