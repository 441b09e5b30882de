import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningQueues, startQueues } from '../../local/aws/queues.ts'
import type { SqsEvent } from '../../local/deployment/events.ts'
import { startQueueSource } from '../../local/event-sources/queue-source.ts'
import type { Handler } from '../../local/lambda/load-handler.ts'
import { aFunction, noTrace, region, until } from './builders.ts'

let queues: RunningQueues
let stopSource: () => Promise<void>

beforeEach(async () => {
  const redrive = { RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount: 2 } }
  queues = await startQueues({
    region,
    resources: {
      queues: new Map([
        ['Work', { VisibilityTimeout: 1, ...redrive }],
        ['Dead', { VisibilityTimeout: 30 }],
        ['Calm', { VisibilityTimeout: 30 }],
      ]),
      topics: new Set(),
    },
  })
  stopSource = async () => undefined
})
afterEach(async () => {
  await stopSource()
  await queues.stop()
})

const urlOf = (id: string) => queues.queues.get(id)?.url ?? ''

const send = async (body: string, id = 'Work') =>
  queues.sqs.send(
    new SendMessageCommand({
      QueueUrl: urlOf(id),
      MessageBody: body,
      MessageAttributes: { accountName: { DataType: 'String', StringValue: 'Acme Inc' } },
    }),
  )

const left = async (): Promise<number> => {
  const { Attributes } = await queues.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: urlOf('Work'), AttributeNames: ['All'] }),
  )
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
  return names.reduce((sum, name) => sum + Number(Attributes?.[name]), 0)
}

const start = (handler: (event: SQSEvent) => unknown, changes: Partial<SqsEvent> = {}) => {
  const queue = queues.queues.get(changes.arn ?? 'Work')
  if (queue === undefined) throw new Error('no queue')
  const event: SqsEvent = {
    arn: 'Work',
    batchSize: 10,
    maximumBatchingWindow: 0,
    maximumConcurrency: 5,
    functionResponseType: 'ReportBatchItemFailures',
    ...changes,
  }
  const invoke = aFunction(handler as Handler)
  const source = startQueueSource({
    sqs: queues.sqs,
    queue,
    region,
    source: 'Work',
    name: 'under-test',
    event,
    invoke,
    trace: noTrace,
  })
  stopSource = source.stop
}

const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body)

test('a record has the shape that Lambda receives', async () => {
  const events: SQSEvent[] = []
  start((event) => void events.push(event))

  await send('{"a":1}')
  await until(() => events.length === 1)

  expect(events[0]?.Records[0]).toMatchObject({
    body: '{"a":1}',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    messageAttributes: {
      accountName: { stringValue: 'Acme Inc', dataType: 'String', stringListValues: [], binaryListValues: [] },
    },
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Work',
    awsRegion: region,
  })
})

test('a processed message is deleted', async () => {
  const seen: string[] = []
  start((event) => void seen.push(...bodiesOf(event)))

  await Promise.all(['a', 'b', 'c'].map(async (body) => send(body)))
  await until(async () => seen.length === 3 && (await left()) === 0)

  expect(seen.toSorted()).toEqual(['a', 'b', 'c'])
})

test('only the messages reported as failed return to the queue', async () => {
  const seen: string[] = []
  await Promise.all(['good', 'bad', 'fine'].map(async (body) => send(body)))
  start((event) => {
    seen.push(...bodiesOf(event))
    const failed = event.Records.filter(
      ({ body, attributes }) => body === 'bad' && attributes.ApproximateReceiveCount === '1',
    )
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  })

  await until(() => seen.length === 4)
  await until(async () => (await left()) === 0)

  expect(seen.toSorted()).toEqual(['bad', 'bad', 'fine', 'good'])
})

test.each<[string, (event: SQSEvent) => unknown]>([
  ['a thrown error', () => Promise.reject(new Error('no'))],
  ['a report that names an unknown message', () => ({ batchItemFailures: [{ itemIdentifier: 'somebody-else' }] })],
  ['a report with an empty identifier', () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
  ['a report with a misspelt key', () => ({ batchItemFailures: [{ itemIdentifer: 'x' }] })],
])('%s returns the whole batch to the queue', async (_, faulty) => {
  const seen: string[] = []
  await Promise.all(['a', 'b'].map(async (body) => send(body)))
  start((event) => {
    const isFirst = event.Records[0]?.attributes.ApproximateReceiveCount === '1'
    seen.push(...bodiesOf(event))
    return isFirst ? faulty(event) : undefined
  })

  await until(() => seen.length === 4)

  expect(seen.toSorted()).toEqual(['a', 'a', 'b', 'b'])
})

test('a message that always fails goes to the dead-letter queue and does not block the others', async () => {
  const done: string[] = []
  await Promise.all(['poison', 'healthy'].map(async (body) => send(body)))
  start((event) => {
    done.push(...bodiesOf(event).filter((body) => body !== 'poison'))
    const failed = event.Records.filter(({ body }) => body === 'poison')
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  })

  const { Messages } = await queues.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: urlOf('Dead'), WaitTimeSeconds: 10 }),
  )

  expect(Messages?.map(({ Body }) => Body)).toEqual(['poison'])
  expect(done).toEqual(['healthy'])
  expect(await left()).toBe(0)
})

test('a batch waits for its window, so that a burst is one invocation', async () => {
  const sizes: number[] = []
  start(({ Records }) => void sizes.push(Records.length), { arn: 'Calm', batchSize: 25, maximumBatchingWindow: 1 })

  for (let index = 0; index < 12; index += 1) await send(String(index), 'Calm')
  await until(() => sizes.length > 0)

  expect(sizes).toEqual([12])
})

test('maximumConcurrency limits the number of concurrent invocations', async () => {
  let running = 0
  let most = 0
  let done = 0
  const slow = async () => {
    most = Math.max(most, ++running)
    await sleep(60)
    running -= 1
    done += 1
  }
  start(slow, { batchSize: 1, maximumConcurrency: 2 })

  await Promise.all(Array.from({ length: 8 }, async (_, index) => send(String(index))))
  await until(() => done === 8)

  expect(most).toBe(2)
})

test('a batch ends where the event would exceed the limit of Lambda', async () => {
  for (let index = 0; index < 8; index += 1) await send(`${index}`.padEnd(1_000_000, 'x'), 'Calm')
  const batches: number[] = []

  start(({ Records }) => void batches.push(Records.length), { arn: 'Calm', batchSize: 50, maximumBatchingWindow: 2 })

  await until(() => batches.reduce((sum, count) => sum + count, 0) === 8)
  expect(batches).toEqual([6, 2])
})
