import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { Unstorable } from '../../profile/callback/unstorable.ts'

/** `permanent`: the table will always refuse this write. `passing`: a retry may succeed. */
type StoreFailure = 'permanent' | 'passing'

/** Names of permanent errors. The SDK has no classes for some of them. */
const permanent: ReadonlySet<string> = new Set([
  'ValidationException',
  'SerializationException',
  'ItemCollectionSizeLimitExceededException',
])
/** The same errors as cancellation reasons of a transaction. */
const permanentReasons: ReadonlySet<string> = new Set(['ValidationError', 'ItemCollectionSizeLimitExceeded'])

/** Classifies an error of the table. Unknown errors are `passing`, because a retry does less harm than giving up. */
function storeFailureOf(error: unknown): StoreFailure {
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? []
    return reasons.some(({ Code: code = '' }) => permanentReasons.has(code)) ? 'permanent' : 'passing'
  }
  if (error instanceof Unstorable) return 'permanent'
  return error instanceof Error && permanent.has(error.name) ? 'permanent' : 'passing'
}

/**
 * Wraps the error of a permanent failure in `Unstorable`, so that the domain recognises it without the SDK. Returns
 * other errors unchanged. Conditional writes and transactions throw what it returns.
 */
export const asUnstorable = (error: unknown): unknown =>
  storeFailureOf(error) === 'permanent' && !(error instanceof Unstorable)
    ? new Unstorable('the table refuses this item', { cause: error })
    : error
