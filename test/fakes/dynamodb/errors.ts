import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb'
import { toAttributes } from './attribute-value.ts'
import type { Item } from './values.ts'

const $metadata = { httpStatusCode: 400, attempts: 1, totalRetryDelay: 0 }

/** DynamoDB has no class for this error. The SDK builds it from the base class in the same way. */
export const validation = (message: string) =>
  new DynamoDBServiceException({ name: 'ValidationException', $fault: 'client', $metadata, message })

export const noSuchTable = () => new ResourceNotFoundException({ $metadata, message: 'Requested resource not found' })

/** The item is marshalled even with the document client, which converts answers but not errors. */
export const conditionFailed = (item?: Item) =>
  new ConditionalCheckFailedException({
    $metadata,
    message: 'The conditional request failed',
    ...(item && { Item: toAttributes(item) }),
  })

export const transactionCanceled = (reasons: CancellationReason[]) =>
  new TransactionCanceledException({
    $metadata,
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    CancellationReasons: reasons,
  })

export const tokenReused = () =>
  new IdempotentParameterMismatchException({
    $metadata,
    message: 'Idempotent parameter mismatch: the token was used for another request.',
  })

/** A hook throws this to refuse an operation like an overloaded partition. */
export const throttled = () =>
  new ProvisionedThroughputExceededException({
    $metadata,
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  })

/** A hook throws this to cancel a transaction of `actions` because another one holds the item of action `index`. */
export const transactionConflict = (actions: number, index = 0) =>
  transactionCanceled(
    Array.from({ length: actions }, (_, at) =>
      at === index ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' } : { Code: 'None' },
    ),
  )

/** The same for a single write. */
export const singleConflict = () =>
  new TransactionConflictException({ $metadata, message: 'Transaction is ongoing for the item' })

/** The answer to a repeat while the first call with its token is still in progress. */
export const transactionInProgress = () =>
  new TransactionInProgressException({ $metadata, message: 'Transaction is in progress for this token' })
