import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { awsClientOptions } from '../aws-client.ts'
import type { DeadLetterKind } from '../profile/support/dead-letter-kinds.ts'
import type { Lane } from '../profile/request/submission.ts'
import type { DeadLetter, DeadLetterQueue } from '../profile/support/redrive-dead-letters.ts'

export type DeadLetterQueueOptions = {
  kind: DeadLetterKind
  /** The URL of the dead-letter queue. */
  deadUrl: string
  /**
   * The URL of the queue that the messages came from, or those of the two lanes of work messages. Absent for batches of
   * the stream, which came from none.
   */
  sourceUrl?: string | Readonly<Record<Lane, string>> | undefined
}

/**
 * Connects to a dead-letter queue in SQS. Whoever redrives chooses the rate, which the message move task of SQS does not
 * allow; local emulators do not have that task either.
 */
export function connectDeadLetters({ kind, deadUrl: QueueUrl, sourceUrl }: DeadLetterQueueOptions): DeadLetterQueue {
  const client = new SQSClient(awsClientOptions)
  return {
    async count() {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
      )
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0)
    },

    async receive(hiddenSeconds) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: hiddenSeconds,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp', 'MessageGroupId'],
        }),
      )
      return Messages.map(
        ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} }): DeadLetter => ({
          id: MessageId,
          receipt: ReceiptHandle,
          body: Body,
          sentAt: Number(Attributes.SentTimestamp ?? 0),
          group: Attributes.MessageGroupId,
          attributes: Object.fromEntries(
            Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
          ),
        }),
      )
    },

    async release({ receipt }) {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }))
    },

    async sendOn({ body, attributes, sentAt, group }) {
      if (sourceUrl === undefined) throw new Error(`dead letters of ${kind} have no source queue`)
      // The first arrival of a callback decides which attempts it may belong to. SQS gives the sent message a new
      // timestamp, so keep the original one as an attribute.
      const all = kind === 'callbacks' ? { receivedAt: String(sentAt), ...attributes } : attributes
      await client.send(
        new SendMessageCommand({
          QueueUrl: typeof sourceUrl === 'string' ? sourceUrl : sourceUrl[laneOf(attributes)],
          MessageBody: body,
          MessageGroupId: group,
          MessageAttributes: Object.fromEntries(
            Object.entries(all).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
          ),
        }),
      )
    },

    async remove({ receipt }) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }))
    },
  }
}

/** The lane of a work message. Earlier versions had one queue, which is that of the lane `single` now. */
const laneOf = ({ lane }: DeadLetter['attributes']): Lane => (lane === 'bulk' ? 'bulk' : 'single')
