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
import { toldApart } from './store-failure.ts'
import type { Table } from './table.ts'

/**
 * Runs a conditional write. A condition that fails is a value, not an error: `refused` carries the item that stood in
 * the way, if there was one (ask for it with ReturnValuesOnConditionCheckFailure). Throws `Unstorable` for what the
 * table will refuse again and again.
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
    throw toldApart(error)
  }
}

/**
 * The same for a transaction: `refused` carries one entry per action, the item of each whose condition failed.
 * Each repeat has the same ClientRequestToken, so a repeat of a transaction that was done is not done again.
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
    if (!(error instanceof TransactionCanceledException)) throw toldApart(error)
    const reasons = error.CancellationReasons ?? []
    if (!reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) throw toldApart(error)
    return { kind: 'refused', items: reasons.map(({ Item: item }) => plain(item)) }
  }
}

/** Repeats a write that met another transaction. Nothing of it was written; the SDK does not repeat it. */
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

/** The document client converts answers, but not the items inside its exceptions. */
const plain = (item: ConditionalCheckFailedException['Item']): Item | undefined =>
  item === undefined ? undefined : unmarshall(item)
