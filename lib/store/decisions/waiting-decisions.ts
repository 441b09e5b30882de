import { hash } from 'node:crypto'
import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import type { DecisionEntry, DecisionStore } from '../../profile/request/due-store.ts'
import { type Item, readItem } from '../table/items.ts'
import { decisionBucket, submissionOfKey } from '../table/keys.ts'
import type { Table } from '../table/table.ts'

const Entry = z.object({ pk: z.string(), sk: z.string(), dueAt: z.number() })

/** Entries of one query, and queries for one page: more than the entries that one moment can have. */
const entriesAtOnce = 500
const mostQueries = 40

/** Lists the submissions that wait for a decision, through the index `due`. */
export function waitingDecisions(table: Table): DecisionStore {
  return {
    async listDecisions({ limit, cursor = '0.' }) {
      const from = Number(cursor.slice(0, cursor.indexOf('.')))
      const found: DecisionEntry[] = []
      let start: Item | undefined
      for (let queries = 0; queries < mostQueries; queries += 1) {
        const { Items = [], LastEvaluatedKey } = await table.client.send(
          new QueryCommand({
            TableName: table.tableName,
            IndexName: 'due',
            KeyConditionExpression: 'dueBucket = :bucket AND dueAt >= :from',
            ExpressionAttributeValues: { ':bucket': decisionBucket, ':from': from },
            Limit: entriesAtOnce,
            ExclusiveStartKey: start,
          }),
        )
        found.push(...Items.flatMap((item) => entryOf(readItem(Entry, item), cursor)))
        start = LastEvaluatedKey
        // The index does not sort the entries of one moment, so they are complete only if a later one follows.
        if (start === undefined || isLaterThan(found[limit - 1], found.at(-1))) break
      }
      const rows = found.toSorted((a, b) => a.dueAt - b.dueAt || (a.position < b.position ? -1 : 1))
      const last = rows[limit - 1]
      if (start === undefined && rows.length <= limit) return { rows }
      if (last === undefined) throw new Error(`the list of decisions does not advance behind ${cursor}`)
      return { rows: rows.slice(0, limit), cursor: last.position }
    },
  }
}

const isLaterThan = (earlier: DecisionEntry | undefined, later: DecisionEntry | undefined): boolean =>
  earlier !== undefined && later !== undefined && later.dueAt > earlier.dueAt

/** Reads an entry, unless it is not behind the cursor. Its position holds a hash, because cursors must name no ids. */
function entryOf({ pk, sk, dueAt }: z.infer<typeof Entry>, cursor: string): DecisionEntry[] {
  const submission = submissionOfKey({ pk, sk })
  const position = `${dueAt}.${hash('sha256', `${pk} ${sk}`, 'hex').slice(0, 32)}`
  const isBehind = dueAt > Number(cursor.slice(0, cursor.indexOf('.'))) || position > cursor
  return submission === undefined || !isBehind ? [] : [{ ...submission, dueAt, position }]
}
