import * as z from 'zod'

/** A call that DynamoDB refuses: `__type` without its namespace, and the rest of the answer. */
export type Refusal = { type: string; message: string; reasons?: readonly { Code: string; Message?: string }[] }

const keys = { hash: z.string(), range: z.string().optional() }

/** A table's key and those of its indexes. */
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

/** What DynamoDB refuses by size and the engines do not: a batch above 16 MB, and keys of an index. */
export function refusalByTable(
  operation: string,
  call: unknown,
  bytes: number,
  tables: readonly TableKeys[],
): Refusal | undefined {
  if (bytes > mostRequestBytes) {
    return { type: 'ValidationException', message: `The request has ${bytes} bytes, and DynamoDB takes 16 MB.` }
  }
  for (const { tableName, values } of written(operation, call)) {
    for (const index of tables.find(({ name }) => name === tableName)?.indexes ?? []) {
      const refusal =
        tooLong(index.name, index.hash, values, longestHash) ??
        (index.range === undefined ? undefined : tooLong(index.name, index.range, values, longestRange))
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

/** The attributes that an update sets to a value as it stands. */
function updateOf(update: z.infer<typeof Update> | undefined): Written[] {
  if (update === undefined) return []
  const assignments = (update.UpdateExpression ?? '').matchAll(/(#?\w+)\s*=\s*(:\w+)/g)
  const values = [...assignments].map(([, name = '', value = '']) => [
    update.ExpressionAttributeNames[name] ?? name,
    update.ExpressionAttributeValues[value],
  ])
  return [{ tableName: update.TableName, values: Object.fromEntries(values) }]
}

function tooLong(index: string, attribute: string, values: Written['values'], limit: number): Refusal | undefined {
  const text = Text.safeParse(values[attribute]).data?.S
  if (text === undefined || Buffer.byteLength(text) <= limit) return undefined
  const message = `One or more parameter values were invalid: Size of the key ${attribute} of the index ${index} has exceeded the maximum size limit of ${limit} bytes`
  return { type: 'ValidationException', message }
}
