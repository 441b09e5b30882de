import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { awsClientOptions } from '../../aws-client.ts'

/** The one table and how to reach it. */
export type Table = {
  client: Pick<DynamoDBDocumentClient, 'send'>
  tableName: string
  /** Seconds that requests, results and device links are kept (TTL). */
  retainSeconds: number
  /** Epoch milliseconds: what is past its date is absent, whether DynamoDB has deleted it yet or not. */
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

const day = 24 * 3600

/** The same for what belongs to a request, which must never vanish before it does. */
export const partExpiryOf = (table: Table, now: number): number => expiryOf(table, now) + day

/**
 * Epoch seconds: an item whose `expiresAt` is not later than this is past its date. DynamoDB deletes it within days.
 */
export const expiredBy = ({ clock }: Table): number => Math.floor(clock() / 1000)

/** The items among these that are not past their date. */
export const keptAmong = <Item extends Readonly<Record<string, unknown>>>(
  table: Table,
  items: readonly Item[] = [],
): Item[] => {
  const now = expiredBy(table)
  return items.filter(({ expiresAt }) => typeof expiresAt !== 'number' || expiresAt > now)
}
