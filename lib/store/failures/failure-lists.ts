import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { Failure, type FailureEntry, type FailureStore } from '../../profile/failure/failure.ts'
import { readEach } from '../table/batch-read.ts'
import { type Item, readItem } from '../table/items.ts'
import { failureListings } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { entryOf, listedFailure } from './listed-failure.ts'

/** An item whose device has recovered has no failure. */
const Stored = z.object({ failure: z.optional(Failure) })

type QueryCall = { under: string; after: string; before: string; limit?: number; start?: Item | undefined }

/** Lists failures by account and day, through the index `byAccount`. */
export function failureLists(
  table: Table,
): Pick<FailureStore, 'listFailureEntries' | 'visitFailureEntries' | 'getFailures'> {
  const query = async ({ under, after, before, limit, start }: QueryCall) => {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: 'byAccount',
        KeyConditionExpression: 'listedUnder = :under AND listedAt BETWEEN :after AND :before',
        ExpressionAttributeValues: { ':under': under, ':after': after, ':before': before },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    )
    return { entries: Items.map(entryOf), next: LastEvaluatedKey }
  }

  return {
    async listFailureEntries(accountName, day, { after, before, limit }) {
      // DynamoDB rejects a range that ends before it begins.
      if (after > before) return { rows: [], isWhole: true }
      const pages = await Promise.all(
        failureListings(accountName, day).map((under) => query({ under, after, before, limit })),
      )
      const all = pages.flatMap(({ entries }) => entries).toSorted((a, b) => (a.place < b.place ? 1 : -1))
      const isWhole = all.length <= limit && pages.every(({ next }) => next === undefined)
      return { rows: all.slice(0, limit), isWhole }
    },

    async visitFailureEntries(accountName, day, { after, before, mostPages, visit }) {
      if (after > before) return { isWhole: true, pages: 0 }
      let pages = 0
      const lanes = failureListings(accountName, day).map(async (under) => {
        let start: Item | undefined
        do {
          pages += 1
          const { entries, next } = await query({ under, after, before, start })
          entries.forEach((entry) => visit(entry))
          start = next
        } while (start !== undefined && pages < mostPages)
        return start === undefined
      })
      const whole = await Promise.all(lanes)
      return { isWhole: whole.every(Boolean), pages }
    },

    async getFailures(entries) {
      const items = await readEach(
        table,
        entries.map(({ key }) => key),
      )
      const wanted = new Set(entries.map(({ place }) => place))
      return items.flatMap((item) => {
        const { failure } = readItem(Stored, item)
        // The index is a moment behind. A device that has changed since is listed elsewhere, or not at all.
        return failure !== undefined && wanted.has(placeOf(failure)) ? [failure] : []
      })
    },
  }
}

const placeOf = (failure: Failure): FailureEntry['place'] => listedFailure(failure).split('#').slice(0, 3).join('#')
