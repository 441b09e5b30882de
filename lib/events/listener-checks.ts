import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { awsClientOptions } from '../aws-client.ts'

/** Connects to the queue that runs keep-listener. The message says nothing: it runs as it does each hour. */
export function connectListenerChecks({ queueUrl }: { queueUrl: string }): () => Promise<void> {
  const client = new SQSClient(awsClientOptions)
  return async () => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{}' }))
  }
}
