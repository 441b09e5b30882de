import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, GetCommand, PutCommand, type PutCommandInput, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'vitest'
import { tableName as TableName } from './backend.ts'
import type { Claim, Send } from './suite.ts'

const refused = { name: 'ValidationException' }

/** The answers and refusals of single writes and reads. */
export function describeWrites(claim: Claim, send: Send): void {
  claim('a get returns the item that was put, value for value', undefined, async () => {
    const Item = {
      pk: 'write-values',
      sk: '1',
      text: '',
      n: -1.5,
      zero: 0,
      yes: false,
      nothing: null,
      bytes: new Uint8Array([0, 255]),
      list: [[], {}, [1]],
      map: { 'a.b': 1 },
      tags: new Set(['a']),
      numbers: new Set([1, 2.5]),
    }
    await send(new PutCommand({ TableName, Item }))
    expect((await send(new GetCommand({ TableName, Key: { pk: 'write-values', sk: '1' } }))).Item).toEqual(Item)
  })

  claim('a get of a missing item returns no Item', undefined, async () => {
    expect(await send(new GetCommand({ TableName, Key: { pk: 'write-none', sk: '1' } }))).not.toHaveProperty('Item')
  })

  claim('put and delete return the old item if there was one', undefined, async () => {
    const Key = { pk: 'write-return', sk: '1' }
    const put = (n: number) => send(new PutCommand({ TableName, Item: { ...Key, n }, ReturnValues: 'ALL_OLD' }))
    expect(await put(1)).not.toHaveProperty('Attributes')
    expect((await put(2)).Attributes).toEqual({ ...Key, n: 1 })
    const remove = () => send(new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }))
    expect((await remove()).Attributes).toEqual({ ...Key, n: 2 })
    expect(await remove()).not.toHaveProperty('Attributes')
  })

  claim('an update returns the values that ReturnValues selects', undefined, async () => {
    const Key = { pk: 'write-update', sk: '1' }
    const update = (ReturnValues: PutCommandInput['ReturnValues']) =>
      send(
        new UpdateCommand({
          TableName,
          Key,
          ReturnValues,
          UpdateExpression: 'ADD n :one SET kept = if_not_exists(kept, :one)',
          ExpressionAttributeValues: { ':one': 1 },
        }),
      ).then(({ Attributes }) => Attributes)
    expect(await update('UPDATED_OLD')).toBeUndefined()
    expect(await update('UPDATED_NEW')).toEqual({ n: 2, kept: 1 })
    expect(await update('UPDATED_OLD')).toEqual({ n: 2, kept: 1 })
    expect(await update('ALL_OLD')).toEqual({ ...Key, n: 3, kept: 1 })
    expect(await update('ALL_NEW')).toEqual({ ...Key, n: 5, kept: 1 })
    expect(await update('NONE')).toBeUndefined()
  })

  claim(
    'UPDATED_NEW of a nested path returns that path only',
    { 'dynamodb-local': 'the whole attribute' },
    async () => {
      const Key = { pk: 'write-nested', sk: '1' }
      await send(new PutCommand({ TableName, Item: { ...Key, map: { a: 1, b: 2 } } }))
      const { Attributes } = await send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'ADD #map.a :v',
          ReturnValues: 'UPDATED_NEW',
          ExpressionAttributeNames: { '#map': 'map' },
          ExpressionAttributeValues: { ':v': 2 },
        }),
      )
      expect(Attributes).toEqual({ map: { a: 3 } })
    },
  )

  claim('an update that creates an item returns no old item', { dynoxide: 'the key' }, async () => {
    const Key = { pk: 'write-created', sk: '1' }
    const create = new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE a', ReturnValues: 'ALL_OLD' })
    expect(await send(create)).not.toHaveProperty('Attributes')
  })

  claim('a failed condition returns the marshalled item on request', undefined, async () => {
    const Key = { pk: 'write-failed', sk: '1' }
    await send(new PutCommand({ TableName, Item: { ...Key, n: 1 } }))
    const attempt = (ReturnValuesOnConditionCheckFailure: 'ALL_OLD' | 'NONE') =>
      send(
        new PutCommand({
          TableName,
          Item: Key,
          ReturnValuesOnConditionCheckFailure,
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ).catch((error: unknown) => error)
    const told = await attempt('ALL_OLD')
    expect(told).toBeInstanceOf(ConditionalCheckFailedException)
    expect(told).toHaveProperty('Item', { pk: { S: 'write-failed' }, sk: { S: '1' }, n: { N: '1' } })
    expect(await attempt('NONE')).toHaveProperty('Item', undefined)
  })

  claim('an update of a missing item creates it, even without an expression', undefined, async () => {
    const Key = { pk: 'write-upsert', sk: '1' }
    await send(new UpdateCommand({ TableName, Key }))
    expect((await send(new GetCommand({ TableName, Key }))).Item).toEqual(Key)
  })

  claim('keys must be complete, of their type and not empty', undefined, async () => {
    const keys = [{ pk: 'x' }, { pk: 'x', sk: 1 }, { pk: 'x', sk: '' }, { pk: '', sk: '1' }]
    for (const Key of [...keys, { pk: 'x', sk: '1', more: 1 }]) {
      await expect(send(new GetCommand({ TableName, Key }))).rejects.toMatchObject(refused)
    }
    for (const Item of keys) await expect(send(new PutCommand({ TableName, Item }))).rejects.toMatchObject(refused)
    const long = { pk: 'x', sk: 'y'.repeat(1025) }
    await expect(send(new PutCommand({ TableName, Item: long }))).rejects.toMatchObject(refused)
  })

  claim('an index key that is empty or of another type is refused', undefined, async () => {
    for (const index of [{ shelf: 1 }, { shelf: '' }, { shelf: 'a', place: '1' }]) {
      const Item = { pk: 'write-index', sk: '1', ...index }
      await expect(send(new PutCommand({ TableName, Item }))).rejects.toMatchObject(refused)
    }
  })

  claim('an item may have 400 KB, names included, and not one byte more', undefined, async () => {
    // 4 for "pk" and "sk", 11 for their values, 4 for "text", 1 for "n" and 2 for 12.
    const item = (bytes: number) => ({ pk: 'large-item', sk: '1', text: 'x'.repeat(bytes - 4 - 11 - 4 - 3), n: 12 })
    await send(new PutCommand({ TableName, Item: item(400 * 1024) }))
    await expect(send(new PutCommand({ TableName, Item: item(400 * 1024 + 1) }))).rejects.toMatchObject(refused)
    const Key = { pk: 'large-item', sk: '1' }
    const grow = new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'ADD a :v',
      ExpressionAttributeValues: { ':v': 1 },
    })
    await expect(send(grow)).rejects.toMatchObject(refused)
  })

  claim('a projection returns the named parts', undefined, async () => {
    const Key = { pk: 'write-project', sk: '1' }
    await send(new PutCommand({ TableName, Item: { ...Key, a: { b: 1, c: 2 }, row1: [1, { x: 2, y: 3 }, 3], n: 1 } }))
    const get = (ProjectionExpression: string) => send(new GetCommand({ TableName, Key, ProjectionExpression }))
    expect((await get('a.b, n')).Item).toEqual({ a: { b: 1 }, n: 1 })
    expect((await get('a.b, a.c, absent')).Item).toEqual({ a: { b: 1, c: 2 } })
    expect((await get('absent')).Item).toEqual({})
    await expect(get('a, a.b')).rejects.toMatchObject(refused)
    await expect(get('status')).rejects.toMatchObject(refused)
  })

  claim('a name must not be empty at any depth', { dynoxide: 'takes it within a map' }, async () => {
    for (const more of [{ '': 1 }, { nested: [{ '': 1 }] }]) {
      const put = new PutCommand({ TableName, Item: { pk: 'write-name', sk: '1', ...more } })
      await expect(send(put)).rejects.toMatchObject(refused)
    }
  })

  claim('an unused value is refused', undefined, async () => {
    const update = new UpdateCommand({
      TableName,
      Key: { pk: 'write-unused', sk: '1' },
      UpdateExpression: 'SET a = :v',
      ExpressionAttributeValues: { ':v': 1, ':w': 1 },
    })
    await expect(send(update)).rejects.toMatchObject(refused)
  })

  claim('a missing table causes a ResourceNotFoundException', undefined, async () => {
    const get = send(new GetCommand({ TableName: 'nowhere', Key: { pk: 'x', sk: '1' } }))
    await expect(get).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  claim('placeholders without an expression are refused', undefined, async () => {
    const put = new PutCommand({ TableName, Item: { pk: 'x', sk: '1' }, ExpressionAttributeNames: { '#a': 'a' } })
    await expect(send(put)).rejects.toMatchObject(refused)
  })

  claim('an unused name is refused', undefined, async () => {
    const put = new PutCommand({
      TableName,
      Item: { pk: 'write-unused', sk: '1' },
      ConditionExpression: 'attribute_not_exists(pk)',
      ExpressionAttributeNames: { '#a': 'a' },
    })
    await expect(send(put)).rejects.toMatchObject(refused)
  })

  claim('put and delete cannot return new values', undefined, async () => {
    const put = new PutCommand({ TableName, Item: { pk: 'x', sk: '1' }, ReturnValues: 'ALL_NEW' })
    await expect(send(put)).rejects.toMatchObject(refused)
  })

  claim('a write costs a unit per kilobyte, a read per four, and each index separately', undefined, async () => {
    const Key = { pk: 'write-units', sk: '1' }
    const units = (answer: { ConsumedCapacity?: unknown }) => answer.ConsumedCapacity
    const put = (more: object) =>
      send(new PutCommand({ TableName, Item: { ...Key, ...more }, ReturnConsumedCapacity: 'TOTAL' })).then(units)
    const get = (ConsistentRead: boolean) =>
      send(new GetCommand({ TableName, Key, ConsistentRead, ReturnConsumedCapacity: 'TOTAL' })).then(units)
    expect(await put({ text: 'x'.repeat(5000) })).toMatchObject({ CapacityUnits: 5 })
    expect(await get(false)).toMatchObject({ CapacityUnits: 1 })
    expect(await get(true)).toMatchObject({ CapacityUnits: 2 })
    // The larger of old and new counts for the table. The three indexes start with a small entry each.
    expect(await put({ shelf: 'units', place: 1, title: 'a' })).toMatchObject({ CapacityUnits: 5 + 3 })
    expect(await put({ shelf: 'units', place: 1, title: 'a' })).toMatchObject({ CapacityUnits: 1 })
    expect(await put({ shelf: 'units', place: 1, title: 'b' })).toMatchObject({ CapacityUnits: 1 + 2 })
    expect(await put({ shelf: 'units', place: 2, title: 'b' })).toMatchObject({ CapacityUnits: 1 + 2 })
    expect(await put({ shelf: 'moved', place: 2, title: 'b' })).toMatchObject({ CapacityUnits: 1 + 6 })
    expect(await put({ shelf: 'moved', title: 'b' })).toMatchObject({ CapacityUnits: 1 + 1 })
    expect(await put({})).toMatchObject({ CapacityUnits: 1 + 2 })
    expect(await get(false)).toMatchObject({ CapacityUnits: 0.5 })
  })
}
