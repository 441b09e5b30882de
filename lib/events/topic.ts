import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import { awsClientOptions } from '../aws-client.ts'
import { inBatches, inParallel } from '../parallel.ts'
import type { PublishedEvent, Topic } from '../profile/request/event-types.ts'
import { cloudEvent, type EventIdentifiers } from './cloud-event.ts'
import { sendableJson, sendableText } from './sendable.ts'

/** SNS accepts at most 10 messages and 256 KB in one batch. Ten of the largest events have 15 KB. */
const batchSize = 10

/** Connects to the events topic. Publishes CloudEvents 1.0 in JSON. Throws if SNS rejects any of the events. */
export function connectTopic({ topicArn, identifiers }: { topicArn: string; identifiers: EventIdentifiers }): Topic {
  const client = new SNSClient(awsClientOptions)
  return {
    async publish(events) {
      await inParallel(inBatches(events, batchSize), async (batch) => {
        const { Failed = [] } = await client.send(
          new PublishBatchCommand({
            TopicArn: topicArn,
            PublishBatchRequestEntries: batch.map((event, at) => ({
              Id: String(at),
              Message: sendableJson(cloudEvent(event, identifiers)),
              MessageAttributes: attributesOf(event),
            })),
          }),
        )
        if (Failed.length > 0) throw new Error(`SNS refused ${Failed.length} events: ${Failed[0]?.Message ?? ''}`)
      })
    },
  }
}

/** Message attributes, by which subscriptions can filter. */
function attributesOf(event: PublishedEvent) {
  const { type, status } = event
  const names = { type, status, ...ownAttributesOf(event) }
  return Object.fromEntries(
    Object.entries(names).map(([name, text]) => [name, { DataType: 'String', StringValue: sendableText(text) }]),
  )
}

/** The subject of a listener event is an account, so a subscription for this account receives it too. */
function ownAttributesOf(event: PublishedEvent): Record<string, string> {
  switch (event.type) {
    case 'listener.drifted':
      return { accountName: event.subject }
    case 'account.locked':
      return {}
    default:
      return { accountName: event.accountName, action: event.action }
  }
}
