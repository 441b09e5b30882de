import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'

/** The members of the gateway's events that this handler uses. Later versions may add members. */
const RequestEvent = z.object({
  id: z.string(),
  type: z.string(),
  time: z.iso.datetime(),
  data: z.object({ requestId: z.string(), sequence: z.int(), accountName: z.string(), status: z.string() }),
})
type RequestEvent = z.infer<typeof RequestEvent>

type QueueEvent = { Records: readonly { messageId: string; body: string }[] }
type BatchReport = { batchItemFailures: { itemIdentifier: string }[] }

const keptSeconds = 40 * 86_400

const client = new DynamoDBClient({})

/** Works on a batch of the queue. Returns the messages that failed, so that SQS delivers only those again. */
export async function handler({ Records }: QueueEvent): Promise<BatchReport> {
  const outcomes = await Promise.allSettled(Records.map(async ({ body }) => keepStatus(readEvent(body))))
  const batchItemFailures = outcomes.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled') return []
    console.error('event failed', Records[index]?.messageId, outcome.reason)
    return [{ itemIdentifier: Records[index]?.messageId ?? '' }]
  })
  return { batchItemFailures }
}

const readEvent = (body: string): RequestEvent => RequestEvent.parse(JSON.parse(body))

/**
 * Keeps the status that an event tells, unless a later one is kept. One conditional write does both: a repeat of an
 * event has the sequence that is kept already, and an event that arrives late has a lower one. If the function is
 * stopped before the write, SQS delivers the event again, so none is lost.
 */
async function keepStatus({ id, time, data }: RequestEvent): Promise<'kept' | 'ignored'> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: process.env['TABLE_NAME'],
        Key: { subject: { S: subjectOf(id) } },
        UpdateExpression:
          'SET #status = :status, #sequence = :sequence, #at = :at, #account = :account, #expires = :expires',
        ConditionExpression: 'attribute_not_exists(#sequence) OR #sequence < :sequence',
        ExpressionAttributeNames: {
          '#status': 'status',
          '#sequence': 'sequence',
          '#at': 'at',
          '#account': 'accountName',
          '#expires': 'expiresAt',
        },
        ExpressionAttributeValues: {
          ':status': { S: data.status },
          ':sequence': { N: String(data.sequence) },
          ':at': { S: time },
          ':account': { S: data.accountName },
          ':expires': { N: String(Math.floor(Date.parse(time) / 1000) + keptSeconds) },
        },
      }),
    )
    return 'kept'
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'ignored'
    throw error
  }
}

/**
 * What an event is about: `<requestId>/<generation>`, with `/<position>` for a device. The id of an event has the version
 * of the request between them. A request that uses an old key again has another generation and starts anew.
 */
function subjectOf(id: string): string {
  const [requestId = '', generation = '', , ...position] = id.split('/')
  return [requestId, generation, ...position].join('/')
}
