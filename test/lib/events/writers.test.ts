import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectSubmissionQueue } from '../../../lib/events/submission-queue.ts'
import { connectDeadLetters } from '../../../lib/events/dead-letter-queue.ts'
import { cloudEvent } from '../../../lib/events/cloud-event.ts'
import { connectTopic } from '../../../lib/events/topic.ts'
import { IdentifierKind } from '../../../lib/profile/order/identifiers.ts'
import type { PublishedEvent } from '../../../lib/profile/request/event-types.ts'
import type { WorkMessage } from '../../../lib/profile/submission/queue.ts'
import { accountId, credentials } from '../../../local/aws/account.ts'
import { eventsSeen, type RunningQueues, startQueues } from '../../../local/aws/queues.ts'
import { account } from '../../builders.ts'
import { snsLimits, sqsLimits } from '../../fakes/messaging-limits.ts'
import { aDevice, noon } from '../profile/records.ts'

const region = 'us-east-1'
let running: RunningQueues
let client: SQSClient

beforeAll(async () => {
  running = await startQueues({ region, resources: { queues: new Map(), topics: new Set(['Events']) } })
  client = new SQSClient({ endpoint: running.endpoint, region, credentials })
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', running.endpoint)
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', running.endpoint)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  client.destroy()
  await running.stop()
})

/** The bodies of all messages that can be received now. */
const received = async (queueUrl: string) => (await receivedWithGroups(queueUrl)).map(({ body }) => body)

async function receivedWithGroups(QueueUrl: string): Promise<{ body: string; group: string | undefined }[]> {
  const all: { body: string; group: string | undefined }[] = []
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    )
    if (Messages.length === 0) return all
    all.push(...Messages.map(({ Body = '', Attributes }) => ({ body: Body, group: Attributes?.MessageGroupId })))
  }
}

describe('the writer of the submissions queues', () => {
  const open = async (name: string) => {
    const [single = '', bulk = ''] = await Promise.all(
      [name, `bulk-${name}`].map(async (each) => {
        await client.send(new CreateQueueCommand({ QueueName: each }))
        return `${running.endpoint}/${accountId}/${each}`
      }),
    )
    return { queueUrl: single, bulkUrl: bulk, queue: connectSubmissionQueue({ queueUrls: { single, bulk } }) }
  }
  const place = { lane: 'single', accountName: account } as const
  const messages = Array.from({ length: 123 }, (_, submission): WorkMessage => ({
    kind: 'submission',
    requestId: 'request-1',
    submission,
    attempt: 0,
  }))

  test('sends any number of work messages unchanged', async () => {
    const { queueUrl, queue } = await open('many')
    await queue.send(messages.map((message) => ({ message, delaySeconds: 0, ...place })))
    const texts = messages.map((message) => JSON.stringify(message))
    expect((await received(queueUrl)).toSorted()).toEqual(texts.toSorted())
  })

  test('delays messages that are due later', async () => {
    const { queueUrl, queue } = await open('later')
    const [now, later] = messages
    await queue.send([
      { message: later!, delaySeconds: 0.2, ...place },
      { message: now!, delaySeconds: 0, ...place },
    ])
    expect(await received(queueUrl)).toEqual([JSON.stringify(now)])
  })

  test('sends ten of the largest work messages in one batch, far below the limit of SQS', async () => {
    const { queueUrl, queue } = await open('largest')
    const largest = Array.from({ length: 10 }, (): WorkMessage => ({
      kind: 'submission',
      requestId: 'r'.repeat(64),
      submission: 9999,
      attempt: Number.MAX_SAFE_INTEGER,
    }))
    expect(Buffer.byteLength(JSON.stringify(largest))).toBeLessThan(sqsLimits.batchBytes / 100)
    await queue.send(largest.map((message) => ({ message, delaySeconds: 900 - 899.9, ...place })))
    await queue.send(largest.map((message) => ({ message, delaySeconds: 0, ...place })))
    expect(await received(queueUrl)).toEqual(largest.map((message) => JSON.stringify(message)))
  })

  test('sends each work message into the queue of its lane', async () => {
    const { queueUrl, bulkUrl, queue } = await open('lanes')
    const [first, second, third] = messages
    await queue.send([
      { message: first!, delaySeconds: 0, ...place },
      { message: second!, delaySeconds: 0, ...place, lane: 'bulk' },
      { message: third!, delaySeconds: 0, ...place },
    ])
    const texts = (of: readonly unknown[]) => of.map((message) => JSON.stringify(message)).toSorted()
    expect((await received(queueUrl)).toSorted()).toEqual(texts([first, third]))
    expect(await received(bulkUrl)).toEqual(texts([second]))
  })

  test('gives all messages of an account the same group, which does not contain its name', async () => {
    const { queueUrl, queue } = await open('groups')
    const accounts = [account, 'Acme Inc', 'Müller, 42', 'x'.repeat(200)]
    for (const accountName of [...accounts, ...accounts]) {
      await queue.send([{ message: messages[0]!, delaySeconds: 0, lane: 'single', accountName }])
    }
    const groups = (await receivedWithGroups(queueUrl)).map(({ group = '' }) => group)
    expect(groups).toHaveLength(8)
    expect(new Set(groups).size).toBe(4)
    for (const group of groups) {
      expect(group).toMatch(/^[\da-f]{64}$/)
      for (const name of accounts) expect(group).not.toContain(name)
    }
  })

  test('writes messages that return from the dead letters to their lane, with their group', async () => {
    const { queueUrl: single, bulkUrl: bulk } = await open('after-death')
    const { queueUrl: deadUrl } = await open('dead')
    const [first, second, third] = messages
    const dead = connectDeadLetters({ kind: 'submissions', deadUrl, sourceUrl: { single, bulk } })
    const bury = connectSubmissionQueue({ queueUrls: { single: deadUrl, bulk: deadUrl } })
    await bury.send([
      { message: first!, delaySeconds: 0, lane: 'bulk', accountName: account },
      { message: second!, delaySeconds: 0, lane: 'single', accountName: account },
    ])
    // A message of an earlier version names no lane and no group.
    await client.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody: JSON.stringify(third) }))

    for (const letter of await dead.receive(60)) await dead.sendOn(letter)

    const group = expect.stringMatching(/^[\da-f]{64}$/) as string
    expect(await receivedWithGroups(bulk)).toEqual([{ body: JSON.stringify(first), group }])
    expect(await receivedWithGroups(single)).toEqual([
      { body: JSON.stringify(second), group },
      { body: JSON.stringify(third), group: undefined },
    ])
  })

  test('makes no call without messages', async () => {
    const none = 'http://127.0.0.1:1/none'
    const queue = connectSubmissionQueue({ queueUrls: { single: none, bulk: none } })
    await expect(queue.send([])).resolves.toBeUndefined()
  })

  test('throws if the queue does not exist', async () => {
    const none = `${running.endpoint}/${accountId}/none`
    const queue = connectSubmissionQueue({ queueUrls: { single: none, bulk: none } })
    await expect(queue.send([{ message: messages[0]!, delaySeconds: 0, ...place }])).rejects.toThrow(/queue/i)
  })
})

type EventOfRequest = Extract<PublishedEvent, { requestId: string }>

const anEvent = (over: Partial<EventOfRequest> = {}): EventOfRequest => ({
  type: 'device.succeeded',
  requestId: 'request-1',
  accountName: account,
  action: 'disable',
  sequence: 3,
  id: 'request-1/3/0',
  at: noon,
  status: 'succeeded',
  position: 0,
  ...over,
})

describe('the writer of the events topic', () => {
  test('publishes any number of events', async () => {
    const topic = connectTopic({ topicArn: running.topics.get('Events')?.arn ?? '', identifiers: 'whole' })
    const ids = Array.from({ length: 34 }, (_, position) => `request-1/3/${position}`)
    await topic.publish(ids.map((id, position) => anEvent({ id, position })))
    const notices = (await received(running.queues.get(eventsSeen)?.url ?? '')).map(
      (body) =>
        JSON.parse(body) as { Message: string; MessageAttributes: Record<string, { Type: string; Value: string }> },
    )
    const messages = notices.map(({ Message }) => JSON.parse(Message) as { id: string })
    expect(messages.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    const values = Object.entries(notices[0]?.MessageAttributes ?? {}).map(([name, { Value }]) => [name, Value])
    expect(Object.fromEntries(values)).toEqual({
      type: 'device.succeeded',
      accountName: account,
      action: 'disable',
      status: 'succeeded',
    })
  })

  test('publishes ten of the largest events in one batch, far below the limit of SNS', async () => {
    // The longest possible account name, with characters that SNS refuses.
    const accountName = `\uffff\ufffe\u{1f4f1}${'\uac00'.repeat(60)}`
    const device = IdentifierKind.options.map((kind) => ({ kind, id: '9'.repeat(32) }))
    const largest = Array.from({ length: 10 }, (_, position) =>
      anEvent({
        id: `large/${position}`,
        requestId: 'r'.repeat(64),
        accountName,
        action: 'setfallbackattribute',
        position,
        device,
      }),
    )
    expect(Buffer.byteLength(JSON.stringify(largest.map((event) => cloudEvent(event, 'whole'))))).toBeLessThan(
      snsLimits.batchBytes / 10,
    )
    const topic = connectTopic({ topicArn: running.topics.get('Events')?.arn ?? '', identifiers: 'whole' })
    await topic.publish(largest)
    const notices = (await received(running.queues.get(eventsSeen)?.url ?? '')).map(
      (body) => JSON.parse(body) as { Message: string; MessageAttributes: Record<string, { Value: string }> },
    )
    const events = notices.map(({ Message }) => JSON.parse(Message) as { data: { accountName: string } })
    expect(events.map(({ data }) => data.accountName)).toEqual(largest.map(() => accountName))
    expect(notices[0]?.Message).not.toMatch(/[\uffff\ufffe]/)
    expect(notices[0]?.MessageAttributes['accountName']?.Value).toBe(`\ufffd\ufffd${accountName.slice(2)}`)
  })

  test('throws if the topic does not exist', async () => {
    const topic = connectTopic({ topicArn: `arn:aws:sns:${region}:${accountId}:none`, identifiers: 'whole' })
    await expect(topic.publish([anEvent()])).rejects.toThrow(/./)
  })
})

test('an event is a CloudEvent with type, subject, time and sequence', () => {
  expect(cloudEvent(anEvent({ device: aDevice(0) }), 'whole')).toEqual({
    specversion: '1.0',
    id: 'request-1/3/0',
    source: '/thingspace-profile-gateway',
    type: 'device.succeeded',
    time: '2026-08-01T12:00:00.000Z',
    subject: 'request-1',
    datacontenttype: 'application/json',
    sequence: '0000000003',
    data: {
      requestId: 'request-1',
      sequence: 3,
      accountName: account,
      action: 'disable',
      status: 'succeeded',
      position: 0,
      deviceIds: aDevice(0),
    },
  })
})

test('an event about a listener can be filtered by its account', async () => {
  const topic = connectTopic({ topicArn: running.topics.get('Events')?.arn ?? '', identifiers: 'whole' })
  await topic.publish([
    {
      type: 'listener.drifted',
      subject: account,
      id: 'drifted/1',
      at: noon,
      status: 'absent',
      service: 'CarrierService',
    },
  ])
  const [notice = '{}'] = await received(running.queues.get(eventsSeen)?.url ?? '')
  const { MessageAttributes } = JSON.parse(notice) as { MessageAttributes: Record<string, { Value: string }> }
  expect(MessageAttributes['accountName']?.Value).toBe(account)
})

test('an event about a request names no device', () => {
  const { position: _position, ...event } = anEvent({ type: 'request.completed' })
  expect(cloudEvent(event, 'whole').data).not.toHaveProperty('deviceIds')
})

test.each([
  { identifiers: 'whole', deviceIds: aDevice(0) },
  { identifiers: 'masked', deviceIds: aDevice(0).map(({ kind, id }) => ({ kind, id: `...${id.slice(-4)}` })) },
  { identifiers: 'absent', deviceIds: undefined },
] as const)('an event has its identifiers $identifiers if the setting says so', ({ identifiers, deviceIds }) => {
  const { data } = cloudEvent(anEvent({ device: aDevice(0) }), identifiers)
  expect('deviceIds' in data ? data.deviceIds : undefined).toEqual(deviceIds)
})
