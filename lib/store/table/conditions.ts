import { randomUUID } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item } from './items.ts'
import { startPatience } from './patience.ts'
import { asUnstorable } from './store-failure.ts'
import type { Table } from './table.ts'

/**
 * Runs a conditional write. A failed condition is a value, not an error: `refused` holds the existing item, if the call
 * asked for it with ReturnValuesOnConditionCheckFailure. Throws `Unstorable` for an item that the table will always
 * refuse.
 */
export async function conditional(
  table: Table,
  write: () => Promise<unknown>,
): Promise<{ kind: 'written' } | { kind: 'refused'; item: Item | undefined }> {
  try {
    await repeated(table, write)
    return { kind: 'written' }
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { kind: 'refused', item: plain(error.Item) }
    throw asUnstorable(error)
  }
}

/**
 * The same for a transaction. `refused` holds one entry per action: the existing item if the condition of that action
 * failed. All retries use one ClientRequestToken, so DynamoDB never carries out a transaction twice.
 */
export async function transactional(
  table: Table,
  write: (clientRequestToken: string) => Promise<unknown>,
): Promise<{ kind: 'written' } | { kind: 'refused'; items: (Item | undefined)[] }> {
  const token = randomUUID()
  try {
    await repeated(table, () => write(token))
    return { kind: 'written' }
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw asUnstorable(error)
    const reasons = error.CancellationReasons ?? []
    if (!reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) throw asUnstorable(error)
    return { kind: 'refused', items: reasons.map(({ Item: item }) => plain(item)) }
  }
}

/** Retries a write that conflicted with a transaction. Nothing was written, and the SDK does not retry it. */
async function repeated(table: Table, write: () => Promise<unknown>): Promise<void> {
  const waited = startPatience(table)
  for (;;) {
    try {
      await write()
      return
    } catch (error) {
      if (!isPassing(error) || !(await waited())) throw error
    }
  }
}

const passingReasons: ReadonlySet<string | undefined> = new Set([
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])

function isPassing(error: unknown): boolean {
  if (error instanceof TransactionConflictException || error instanceof TransactionInProgressException) return true
  if (!(error instanceof TransactionCanceledException)) return false
  const { CancellationReasons: reasons = [] } = error
  return reasons.length > 0 && reasons.every(({ Code }) => passingReasons.has(Code))
}

/** Converts an item inside an exception. The document client converts items in answers only. */
const plain = (item: ConditionalCheckFailedException['Item']): Item | undefined =>
  item === undefined ? undefined : unmarshall(item)
