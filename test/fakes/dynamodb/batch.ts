import type { Bill } from './capacity.ts'
import { takeIn } from './copy.ts'
import { type Database, tableOf } from './database.ts'
import { validation } from './errors.ts'
import { type GetRequest, getOne } from './read.ts'
import { sizeOfItem } from './size.ts'
import { commit, decide, prepare } from './write.ts'
import type { Item } from './values.ts'

type BatchWriteAction = {
  PutRequest?: { Item?: object | undefined } | undefined
  DeleteRequest?: { Key?: object | undefined } | undefined
}

export type BatchWriteRequest = { RequestItems?: Record<string, BatchWriteAction[]> | undefined }
export type BatchGetRequest = {
  RequestItems?: Record<string, Omit<GetRequest, 'TableName' | 'Key'> & { Keys?: object[] | undefined }> | undefined
}

const maximumResponseBytes = 16 * 1024 * 1024

/** BatchWriteItem: each write is independent and has no condition. */
export function batchWrite(database: Database, request: BatchWriteRequest, bill: Bill): object {
  const writes = Object.entries(request.RequestItems ?? {}).flatMap(([TableName, actions]) =>
    actions.map((action) => ({
      TableName,
      action,
      prepared: action.PutRequest
        ? prepare(database, 'Put', { TableName, Item: action.PutRequest.Item })
        : prepare(database, 'Delete', { TableName, Key: action.DeleteRequest?.Key }),
    })),
  )
  requireCount(writes.length, 25, 'BatchWriteItem')
  requireDistinct(writes.map(({ TableName, prepared }) => `${TableName}/${prepared.tie}`))
  // An item that is too large refuses the whole batch, so all are checked before the first write.
  const decided = writes.map(({ prepared }) => decide(prepared))
  const unprocessed: Record<string, BatchWriteAction[]> = {}
  writes.forEach(({ TableName, action, prepared }, at) => {
    if (database.unprocessed({ tableName: TableName, key: prepared.key })) (unprocessed[TableName] ??= []).push(action)
    else commit(database, prepared, decided[at]!, bill)
  })
  return { UnprocessedItems: unprocessed }
}

/** BatchGetItem: up to 100 items and 16 MB in no guaranteed order. Missing items are omitted. */
export function batchGet(database: Database, request: BatchGetRequest, bill: Bill): object {
  const tables = Object.entries(request.RequestItems ?? {})
  const gets = tables.flatMap(([TableName, { Keys = [], ...shape }]) =>
    Keys.map((given) => ({ ...shape, TableName, Key: takeIn(given, database.marshalling) })),
  )
  requireCount(gets.length, 100, 'BatchGetItem')
  requireDistinct(gets.map(({ TableName, Key }) => `${TableName}/${tableOf(database, TableName).keyString(Key)}`))
  const responses: Record<string, Item[]> = Object.fromEntries(tables.map(([name]) => [name, []]))
  const unprocessed: Record<string, { Keys: object[] }> = {}
  let bytes = 0
  for (const get of gets) {
    if (bytes > maximumResponseBytes || database.unprocessed({ tableName: get.TableName, key: get.Key })) {
      const { Keys: _, ...shape } = request.RequestItems![get.TableName]!
      ;(unprocessed[get.TableName] ??= { ...shape, Keys: [] }).Keys.push(get.Key)
      continue
    }
    const { Item: item } = getOne(database, get, bill)
    if (item === undefined) continue
    bytes += sizeOfItem(item)
    responses[get.TableName]!.push(item)
  }
  return { Responses: responses, UnprocessedKeys: unprocessed }
}

function requireCount(count: number, maximum: number, operation: string): void {
  if (count > maximum) throw validation(`Too many items requested for the ${operation} call`)
  if (count === 0) throw validation('The batch is empty: at least one request is required')
}

function requireDistinct(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw validation('Provided list of item keys contains duplicates')
}
