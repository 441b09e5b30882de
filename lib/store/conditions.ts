import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item } from './items.ts'
import { toldApart } from './store-failure.ts'

/**
 * Runs a conditional write. A condition that fails is a value, not an error: `refused` carries the item that stood in
 * the way, if there was one (ask for it with ReturnValuesOnConditionCheckFailure). Throws `Unstorable` for what the table
 * will refuse again and again.
 */
export async function conditional(
  write: Promise<unknown>,
): Promise<{ kind: 'written' } | { kind: 'refused'; item: Item | undefined }> {
  try {
    await write
    return { kind: 'written' }
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { kind: 'refused', item: plain(error.Item) }
    throw toldApart(error)
  }
}

/**
 * The same for a transaction: `refused` carries one entry per action, the item of each whose condition failed.
 * Conflicts with another transaction are no refusal: they are thrown, and whoever drives the work tries again.
 */
export async function transactional(
  write: Promise<unknown>,
): Promise<{ kind: 'written' } | { kind: 'refused'; items: (Item | undefined)[] }> {
  try {
    await write
    return { kind: 'written' }
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw toldApart(error)
    const reasons = error.CancellationReasons ?? []
    if (!reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) throw toldApart(error)
    return { kind: 'refused', items: reasons.map(({ Item: item }) => plain(item)) }
  }
}

/** The document client converts answers, but not the items inside its exceptions. */
const plain = (item: ConditionalCheckFailedException['Item']): Item | undefined =>
  item === undefined ? undefined : unmarshall(item)
