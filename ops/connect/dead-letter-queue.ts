import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { DeadLetter, DeadLetterQueue } from '../../lib/profile/support/redrive-dead-letters.ts'
import { UsageError } from '../outcome.ts'
import { variable, type VariableName } from './variables.ts'

/** The dead-letter queues: of work messages, of callbacks, and of the table's change stream. */
export const deadLetterKinds = ['submissions', 'callbacks', 'changes'] as const
export type DeadLetterKind = (typeof deadLetterKinds)[number]

/** The variables with the URLs of each dead-letter queue and of the queue that its messages came from. */
const variables: Readonly<Record<DeadLetterKind, { dead: VariableName; source?: VariableName }>> = {
  submissions: { dead: 'SUBMISSIONS_DEAD_LETTERS_URL', source: 'SUBMISSIONS_QUEUE_URL' },
  callbacks: { dead: 'CALLBACKS_DEAD_LETTERS_URL', source: 'CALLBACKS_QUEUE_URL' },
  changes: { dead: 'CHANGES_DEAD_LETTERS_URL' },
}

function urlOf(name: VariableName): string {
  const url = variable(name)
  if (url === undefined) throw new UsageError(`${name} is not set. It must be the URL of the queue.`)
  return url
}

/**
 * Connects to a dead-letter queue for `redrive`. The operator chooses the rate of a redrive, which the message move
 * task of SQS does not allow; local emulators do not have that task either. Throws `UsageError` if a URL is not set.
 */
export async function connectDeadLetters(kind: DeadLetterKind): Promise<DeadLetterQueue> {
  const client = new SQSClient({})
  const QueueUrl = urlOf(variables[kind].dead)
  const source = variables[kind].source
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
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      )
      return Messages.map(
        ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} }): DeadLetter => ({
          id: MessageId,
          receipt: ReceiptHandle,
          body: Body,
          sentAt: Number(Attributes.SentTimestamp ?? 0),
          attributes: Object.fromEntries(
            Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
          ),
        }),
      )
    },

    async release({ receipt }) {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }))
    },

    async sendOn({ body, attributes, sentAt }) {
      if (source === undefined) throw new Error(`dead letters of ${kind} have no source queue`)
      // The first arrival of a callback decides which attempts it may belong to. SQS gives the sent message a new
      // timestamp, so keep the original one as an attribute.
      const all = kind === 'callbacks' ? { receivedAt: String(sentAt), ...attributes } : attributes
      await client.send(
        new SendMessageCommand({
          QueueUrl: urlOf(source),
          MessageBody: body,
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
