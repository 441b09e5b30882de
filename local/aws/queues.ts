import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'
import type { Queue, Resources } from '../deployment/resources.ts'
import { accountId, credentials } from './account.ts'

/** The queue that gets a copy of every event, so that events can be looked at. Not part of the deployment. */
export const eventsSeen = 'EventsSeen'

export type RunningQueues = {
  endpoint: string
  sqs: SQSClient
  /** By logical id. */
  queues: ReadonlyMap<string, { url: string; arn: string }>
  topics: ReadonlyMap<string, { arn: string }>
  stop: () => Promise<void>
}

type Options = { region: string; resources: Pick<Resources, 'queues' | 'topics'> }

/** SQS and SNS in memory, with the queues and topics of serverless.yml. */
export async function startQueues({ region, resources }: Options): Promise<RunningQueues> {
  const app = buildApp({ logger: false, defaultRegion: region })
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' })
  const sqs = new SQSClient({ endpoint, region, credentials })
  const sns = new SNSClient({ endpoint, region, credentials })

  const queues = new Map<string, { url: string; arn: string }>()
  const arnOf = (id: string) => `arn:aws:sqs:${region}:${accountId}:${id}`
  const create = async (id: string, Attributes: Record<string, string>) => {
    await sqs.send(new CreateQueueCommand({ QueueName: id, Attributes }))
    // The emulator's own URL has a host name that only some resolvers know.
    queues.set(id, { url: `${endpoint}/${accountId}/${id}`, arn: arnOf(id) })
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
      await app.close()
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
