import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { awsClientOptions } from '../../aws-client.ts'

/** The gateway's one table, and what its stores need to use it. */
export type Table = {
  client: Pick<DynamoDBDocumentClient, 'send'>
  tableName: string
  /** How long requests, results and device links are kept (TTL). */
  retainSeconds: number
  /** Epoch milliseconds. Expired items count as absent even before DynamoDB deletes them. */
  clock: () => number
  sleep: (milliseconds: number) => Promise<void>
  /** A number in [0, 1). */
  random: () => number
}

/**
 * Creates the client, once per container. The SDK may retry a conditional write that succeeded, so callers recognise
 * repeats.
 */
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

/** When an item created at `now` (epoch milliseconds) expires, in epoch seconds. */
export const expiryOf = (table: Table, now: number): number => Math.floor(now / 1000) + table.retainSeconds

const daySeconds = 24 * 3600

/** The same for items that belong to a request: one day later, because they must not expire before it. */
export const partExpiryOf = (table: Table, now: number): number => expiryOf(table, now) + daySeconds

/**
 * The current time in epoch seconds. Items whose `expiresAt` is not later have expired; DynamoDB deletes them within
 * days.
 */
export const expiredBy = ({ clock }: Table): number => Math.floor(clock() / 1000)

/** Returns the items that have not expired. */
export const keptAmong = <Item extends Readonly<Record<string, unknown>>>(
  table: Table,
  items: readonly Item[] = [],
): Item[] => {
  const now = expiredBy(table)
  return items.filter(({ expiresAt }) => typeof expiresAt !== 'number' || expiresAt > now)
}
