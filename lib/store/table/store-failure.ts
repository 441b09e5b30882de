import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { Unstorable } from '../../profile/callback/unstorable.ts'

/** Whether a failure of the table is about the item (and stays), or about the moment (and passes). */
export type StoreFailure = 'permanent' | 'passing'

/** By their names, because some of them the SDK has no class for. */
const permanent: ReadonlySet<string> = new Set([
  'ValidationException',
  'SerializationException',
  'ItemCollectionSizeLimitExceededException',
])
/** What a cancelled transaction calls the same. */
const permanentReasons: ReadonlySet<string> = new Set(['ValidationError', 'ItemCollectionSizeLimitExceeded'])

/** Classifies what the table threw. What is not known passes: repeating it does less harm than setting it aside. */
export function storeFailureOf(error: unknown): StoreFailure {
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? []
    return reasons.some(({ Code: code = '' }) => permanentReasons.has(code)) ? 'permanent' : 'passing'
  }
  if (error instanceof Unstorable) return 'permanent'
  return error instanceof Error && permanent.has(error.name) ? 'permanent' : 'passing'
}

/** The error to throw on: `Unstorable` around a permanent failure, so that the domain can tell it. */
export const toldApart = (error: unknown): unknown =>
  storeFailureOf(error) === 'permanent' && !(error instanceof Unstorable)
    ? new Unstorable('the table refuses this item', { cause: error })
    : error
