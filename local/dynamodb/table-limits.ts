import * as z from 'zod'

/** An error response of DynamoDB: `__type` without its namespace, message, and cancellation reasons. */
export type Refusal = { type: string; message: string; reasons?: readonly { Code: string; Message?: string }[] }

const keys = { hash: z.string(), range: z.string().optional() }

/** The key attributes of a table and of its indexes. */
export const TableKeys = z.object({
  name: z.string(),
  key: z.object(keys),
  indexes: z.array(z.object({ name: z.string(), ...keys })),
})
export type TableKeys = z.infer<typeof TableKeys>

export const Item = z.record(z.string(), z.unknown())
const Text = z.object({ S: z.string() })
const Put = z.looseObject({ TableName: z.string(), Item })
const Update = z.looseObject({
  TableName: z.string(),
  UpdateExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: Item.default({}),
})
const Batch = z.looseObject({
  RequestItems: z.record(z.string(), z.array(z.looseObject({ PutRequest: z.object({ Item }).optional() }))),
})
const Transaction = z.looseObject({
  TransactItems: z.array(z.looseObject({ Put: Put.optional(), Update: Update.optional() })),
})

const mostRequestBytes = 16 * 1024 * 1024
const longestHash = 2048
const longestRange = 1024

/**
 * Returns the error with which DynamoDB refuses a call because of its size, if any. The engines do not check these
 * limits: 16 MB for a request, 2,048 bytes for the partition key of an index and 1,024 bytes for its sort key.
 */
export function refusalByTable({
  operation,
  call,
  bytes,
  tables,
}: {
  operation: string
  call: unknown
  bytes: number
  tables: readonly TableKeys[]
}): Refusal | undefined {
  if (bytes > mostRequestBytes) {
    return { type: 'ValidationException', message: `The request has ${bytes} bytes; DynamoDB accepts 16 MB.` }
  }
  for (const { tableName, values } of written(operation, call)) {
    for (const index of tables.find(({ name }) => name === tableName)?.indexes ?? []) {
      const { name, hash, range } = index
      const refusal =
        tooLong({ index: name, attribute: hash, limit: longestHash }, values) ??
        (range === undefined ? undefined : tooLong({ index: name, attribute: range, limit: longestRange }, values))
      if (refusal !== undefined) return refusal
    }
  }
  return undefined
}

type Written = { tableName: string; values: Readonly<Record<string, unknown>> }

function written(operation: string, call: unknown): Written[] {
  switch (operation) {
    case 'PutItem':
      return putOf(Put.safeParse(call).data)
    case 'UpdateItem':
      return updateOf(Update.safeParse(call).data)
    case 'TransactWriteItems':
      return (Transaction.safeParse(call).data?.TransactItems ?? []).flatMap(({ Put: put, Update: update }) => [
        ...putOf(put),
        ...updateOf(update),
      ])
    case 'BatchWriteItem':
      return Object.entries(Batch.safeParse(call).data?.RequestItems ?? {}).flatMap(([tableName, requests]) =>
        requests.flatMap(({ PutRequest: put }) => (put === undefined ? [] : [{ tableName, values: put.Item }])),
      )
    default:
      return []
  }
}

const putOf = (put: z.infer<typeof Put> | undefined): Written[] =>
  put === undefined ? [] : [{ tableName: put.TableName, values: put.Item }]

/** The attributes that an update assigns from an expression value, as in `SET name = :value`. */
function updateOf(update: z.infer<typeof Update> | undefined): Written[] {
  if (update === undefined) return []
  const assignments = (update.UpdateExpression ?? '').matchAll(/(#?\w+)\s*=\s*(:\w+)/g)
  const values = [...assignments].map(([, name = '', value = '']) => [
    update.ExpressionAttributeNames[name] ?? name,
    update.ExpressionAttributeValues[value],
  ])
  return [{ tableName: update.TableName, values: Object.fromEntries(values) }]
}

type IndexKey = { index: string; attribute: string; limit: number }

function tooLong({ index, attribute, limit }: IndexKey, values: Written['values']): Refusal | undefined {
  const text = Text.safeParse(values[attribute]).data?.S
  if (text === undefined || Buffer.byteLength(text) <= limit) return undefined
  const message = `One or more parameter values were invalid: Size of the key ${attribute} of the index ${index} has exceeded the maximum size limit of ${limit} bytes`
  return { type: 'ValidationException', message }
}
