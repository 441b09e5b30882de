import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Queue, Resources } from '../deployment/resources.ts'
import { accountId, credentials } from './account.ts'
import { startEmulator } from './emulator.ts'

/** A queue that receives a copy of every event, for the terminal and for tests. It is not part of the deployment. */
export const eventsSeen = 'EventsSeen'

export type RunningQueues = {
  endpoint: string
  sqs: SQSClient
  /** By logical id. */
  queues: ReadonlyMap<string, { url: string; arn: string }>
  topics: ReadonlyMap<string, { arn: string }>
  stop: () => Promise<void>
}

type Options = {
  region: string
  resources: Pick<Resources, 'queues' | 'topics'>
  /** The folder that keeps messages across restarts. Without it they are lost when the stack stops. */
  folder?: string | undefined
  onRefusal?: (reason: string) => void
}

/** Starts SQS and SNS, and creates the queues and topics of serverless.yml. */
export async function startQueues({
  region,
  resources,
  folder,
  onRefusal = () => undefined,
}: Options): Promise<RunningQueues> {
  const emulator = await startEmulator({ region, folder, onRefusal })
  const { endpoint } = emulator
  // API Gateway does not check MD5 digests. They differ if SQS replaced characters.
  const sqs = new SQSClient({ endpoint, region, credentials, md5: false })
  const sns = new SNSClient({ endpoint, region, credentials })

  const queues = new Map<string, { url: string; arn: string }>()
  const arnOf = (id: string) => `arn:aws:sqs:${region}:${accountId}:${id}`
  const create = async (id: string, Attributes: Record<string, string>) => {
    // A queue from an earlier start keeps its messages, and gets the current attributes of serverless.yml.
    await sqs.send(new CreateQueueCommand({ QueueName: id }))
    const QueueUrl = `${endpoint}/${accountId}/${id}`
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
    // The URL that the emulator returns has a host name that not every resolver knows.
    queues.set(id, { url: QueueUrl, arn: arnOf(id) })
  }
  for (const [id, queue] of resources.queues) await create(id, attributesOf(queue, arnOf))

  const topics = new Map<string, { arn: string }>()
  if (resources.topics.size > 0) await create(eventsSeen, {})
  for (const id of resources.topics) {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: id }))
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arnOf(eventsSeen) }))
    topics.set(id, { arn: TopicArn })
  }

  return {
    endpoint,
    sqs,
    queues,
    topics,
    stop: async () => {
      sqs.destroy()
      sns.destroy()
      await emulator.stop()
    },
  }
}

function attributesOf(queue: Queue, arnOf: (id: string) => string): Record<string, string> {
  const { VisibilityTimeout, MessageRetentionPeriod, DelaySeconds, RedrivePolicy } = queue
  return {
    VisibilityTimeout: String(VisibilityTimeout),
    ...(MessageRetentionPeriod !== undefined && { MessageRetentionPeriod: String(MessageRetentionPeriod) }),
    ...(DelaySeconds !== undefined && { DelaySeconds: String(DelaySeconds) }),
    ...(RedrivePolicy && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: arnOf(RedrivePolicy.deadLetterTargetArn),
        maxReceiveCount: RedrivePolicy.maxReceiveCount,
      }),
    }),
  }
}
