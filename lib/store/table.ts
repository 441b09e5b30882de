import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { awsClientOptions } from '../aws-client.ts'

/** The one table and how to reach it. */
export type Table = {
  client: Pick<DynamoDBDocumentClient, 'send'>
  tableName: string
  /** Seconds that requests, results and pointers are kept (TTL). */
  retainSeconds: number
  clock: () => number
  sleep: (milliseconds: number) => Promise<void>
  /** A number in [0, 1). */
  random: () => number
}

/** One client per container. The SDK retries throttling; a conditional write it repeats is recognised by its caller. */
export function connectTable(options: {
  tableName: string
  retainSeconds: number
  clock: () => number
  endpoint?: string | undefined
}): Table {
  const { endpoint, ...table } = options
  const client = new DynamoDBClient({ ...awsClientOptions, ...(endpoint === undefined ? {} : { endpoint }) })
  return {
    ...table,
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    sleep: (milliseconds) => setTimeout(milliseconds),
    random: Math.random,
  }
}

/** Epoch seconds at which DynamoDB may delete an item that was made now. */
export const expiryOf = (table: Table, now: number): number => Math.floor(now / 1000) + table.retainSeconds
