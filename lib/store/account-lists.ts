import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { PageCall } from '../profile/ports.ts'
import type { ProfileRequest } from '../profile/request/request.ts'
import type { RequestStore } from '../profile/request/request-store.ts'
import { readItem, StoredRequest } from './table/items.ts'
import { accountListing, isoOf, type Key, listedKey, listingPosition } from './table/keys.ts'
import { readEach } from './table/batch-read.ts'
import type { Table } from './table/table.ts'

const Listed = z.object({ pk: z.string(), sk: z.string(), listedAt: z.string() })

/** The requests of an account, newest first, through the index `byAccount`. */
export const accountListStore = (table: Table): Pick<RequestStore, 'listRequests' | 'cursorBehind'> => ({
  cursorBehind: ({ createdAt, requestId }) => listingPosition(createdAt, requestId),

  async listRequests(accountName, { createdAfter, createdBefore }, page: PageCall) {
    // DynamoDB rejects a range that ends before it begins.
    if (createdAfter !== undefined && createdBefore !== undefined && createdAfter >= createdBefore) return { rows: [] }
    const account = accountListing(accountName)
    const first = createdAfter === undefined ? '0' : isoOf(createdAfter)
    // A position is a date and a request id, so the bare date sorts before every position of that instant.
    const last = createdBefore === undefined ? '~' : isoOf(createdBefore)
    // DynamoDB rejects a start key outside the range.
    if (page.cursor !== undefined && (page.cursor < first || page.cursor > last)) return { rows: [] }
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: 'byAccount',
        KeyConditionExpression: 'listedUnder = :account AND listedAt BETWEEN :after AND :before',
        ExpressionAttributeValues: { ':account': account, ':after': first, ':before': last },
        ScanIndexForward: false,
        Limit: page.limit,
        // The cursor only holds a position within this account's list, so forging it cannot expose other accounts.
        ExclusiveStartKey:
          page.cursor === undefined
            ? undefined
            : { listedUnder: account, listedAt: page.cursor, ...listedKey(page.cursor) },
      }),
    )
    const listed = Items.map((item) => readItem(Listed, item))
    const end = listed.at(-1)
    return {
      rows: await readAll(table, listed),
      ...(LastEvaluatedKey === undefined || end === undefined ? {} : { cursor: end.listedAt }),
    }
  },
})

/** Reads the requests of an index page, in the page's order. Omits items that have expired since. */
async function readAll(table: Table, listed: readonly Key[]): Promise<ProfileRequest[]> {
  return (await readEach(table, listed)).map((item) => readItem(StoredRequest, item))
}
