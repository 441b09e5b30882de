import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** The one table and how to reach it. */
export type Table = {
  client: Pick<DynamoDBDocumentClient, 'send'>
  tableName: string
  /** Seconds that requests, results and pointers are kept (TTL). */
  retainSeconds: number
}

/** One client per container. The SDK retries throttling; a conditional write it repeats is recognised by its caller. */
export function connectTable(options: {
  tableName: string
  retainSeconds: number
  endpoint?: string | undefined
}): Table {
  const client = new DynamoDBClient({
    maxAttempts: 4,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
  })
  return {
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    tableName: options.tableName,
    retainSeconds: options.retainSeconds,
  }
}

/** Epoch seconds at which DynamoDB may delete an item that was made now. */
export const expiryOf = (table: Table, now: number): number => Math.floor(now / 1000) + table.retainSeconds
