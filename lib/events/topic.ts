import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import { inBatches, inParallel } from '../parallel.ts'
import type { PublishedEvent, Topic } from '../profile/ports.ts'

/** SNS takes 10 messages in one batch. */
const batchSize = 10

/** The events topic: CloudEvents 1.0 in JSON, with attributes that subscriptions can filter by. */
export function connectTopic({ topicArn }: { topicArn: string }): Topic {
  const client = new SNSClient({})
  return {
    async publish(events) {
      await inParallel(inBatches(events, batchSize), async (batch) => {
        const { Failed = [] } = await client.send(
          new PublishBatchCommand({
            TopicArn: topicArn,
            PublishBatchRequestEntries: batch.map((event, at) => ({
              Id: String(at),
              Message: JSON.stringify(cloudEvent(event)),
              MessageAttributes: {
                type: { DataType: 'String', StringValue: event.type },
                accountName: { DataType: 'String', StringValue: event.accountName },
                action: { DataType: 'String', StringValue: event.action },
                status: { DataType: 'String', StringValue: event.status },
              },
            })),
          }),
        )
        if (Failed.length > 0) throw new Error(`SNS refused ${Failed.length} events: ${Failed[0]?.Message ?? ''}`)
      })
    },
  }
}

/** One event as a CloudEvent; `data` is thin, the request itself is read over HTTPS. */
export function cloudEvent({ id, type, at, requestId, sequence, device, ...data }: PublishedEvent) {
  return {
    specversion: '1.0',
    id,
    source: '/thingspace-profile-gateway',
    type,
    time: new Date(at).toISOString(),
    subject: requestId,
    datacontenttype: 'application/json',
    sequence: String(sequence).padStart(10, '0'),
    data: { requestId, sequence, ...data, ...(device === undefined ? {} : { deviceIds: device }) },
  }
}
