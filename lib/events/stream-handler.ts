import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import middy, { type MiddlewareObj } from '@middy/core'
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'
import type { StreamRecord } from '../profile/callback/change.ts'

/** Logs how many changes a batch had, and from which on they are delivered again. */
const logChanges = (log: Log): MiddlewareObj<DynamoDBStreamEvent, DynamoDBBatchResponse> => ({
  after({ event: { Records }, response }) {
    const failed = response?.batchItemFailures[0]?.itemIdentifier
    const failedFrom = Records.findIndex(({ dynamodb }) => failed !== undefined && dynamodb?.SequenceNumber === failed)
    log.info('batch finished', { records: Records.length, failedFrom: failedFrom === -1 ? undefined : failedFrom })
  },
})

export type StreamHandler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>

/**
 * Handler for the table's stream. Passes the whole batch on in order and reports the first record that failed, from
 * which the stream delivers again.
 */
export function streamHandler(
  project: (records: StreamRecord[]) => Promise<{ failedFrom: number } | undefined>,
  { log }: { log: Log },
): StreamHandler {
  const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>({ timeoutEarlyInMillis: 0 })
    .use(logChanges(log))
    .handler(async ({ Records }) => {
      const failure = await project(
        Records.map(({ dynamodb }) => ({ before: plain(dynamodb?.OldImage), after: plain(dynamodb?.NewImage) })),
      )
      const itemIdentifier = failure === undefined ? undefined : Records[failure.failedFrom]?.dynamodb?.SequenceNumber
      if (failure === undefined) return { batchItemFailures: [] }
      // Without a sequence number, report the whole batch as failed.
      if (itemIdentifier === undefined) throw new Error('a failed stream record has no sequence number')
      return { batchItemFailures: [{ itemIdentifier }] }
    })
  return (event, context) => handler(event, context)
}

/** Converts a stream image to a plain item. Lambda's types and the SDK's describe the same JSON. */
const plain = (image: Record<string, unknown> | undefined): Record<string, unknown> | undefined =>
  image === undefined ? undefined : unmarshall(asAttributes(image))

function asAttributes(image: Record<string, unknown>): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(image)) if (isAttribute(value)) attributes[name] = decoded(value)
  return attributes
}

const isAttribute = (value: unknown): value is AttributeValue => typeof value === 'object' && value !== null

/** Decodes binary values, which Lambda passes as Base64 text and the SDK expects as bytes. */
function decoded(value: AttributeValue): AttributeValue {
  if (value.B !== undefined) return { B: Buffer.from(String(value.B), 'base64') }
  if (value.M !== undefined) return { M: asAttributes(value.M) }
  if (value.L !== undefined) return { L: value.L.map(decoded) }
  return value
}
