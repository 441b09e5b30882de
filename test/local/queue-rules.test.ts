import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { credentials } from '../../local/aws/account.ts'
import { type RunningQueues, startQueues } from '../../local/aws/queues.ts'
import { region } from './builders.ts'

const Queue = {
  VisibilityTimeout: 30,
  MessageRetentionPeriod: undefined,
  DelaySeconds: undefined,
  RedrivePolicy: undefined,
}
const refusals: string[] = []
let running: RunningQueues
let QueueUrl: string

beforeAll(async () => {
  const resources = { queues: new Map([['Queue', Queue]]), topics: new Set(['Events']) }
  running = await startQueues({ region, resources, onRefusal: (reason) => refusals.push(reason) })
  QueueUrl = running.queues.get('Queue')!.url
})
beforeEach(() => void (refusals.length = 0))
afterAll(() => running.stop())

const send = async (MessageBody: string, MessageAttributes?: Record<string, MessageAttributeValue>) =>
  running.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }))
const receive = async () => {
  const { Messages = [] } = await running.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }))
  return Messages[0]
}
const text = (StringValue: string): MessageAttributeValue => ({ DataType: 'String', StringValue })

test('the local SQS accepts every character of XML 1.0, including emoji', async () => {
  await send('tab\t, line\n, é, €, 😀, \u{10FFFF}')

  expect((await receive())?.Body).toBe('tab\t, line\n, é, €, 😀, \u{10FFFF}')
})

test.each(['\u0000', '\u0007', '\u001B', '\uFFFE', '\uFFFF'])(
  'the local SQS stores U+FFFD instead of %j, which is not a character of XML 1.0',
  async (character) => {
    await send(`before ${character} after`)

    expect((await receive())?.Body).toBe('before \uFFFD after')
  },
)

test('the local SQS refuses a body without any valid character and logs it in one line', async () => {
  await expect(send('\u0000\u0001')).rejects.toMatchObject({ name: 'InvalidMessageContents' })

  expect(refusals).toEqual([expect.stringMatching(/^AmazonSQS.SendMessage was answered 400: .*InvalidMessageContents/)])
})

test('the local SQS accepts 1 MiB of body and attributes together, and not one byte more', async () => {
  const attributes = { accountName: text('Acme') }
  const attributeBytes = 'accountNameStringAcme'.length

  await send('x'.repeat(1024 * 1024 - attributeBytes), attributes)
  await receive()

  await expect(send('x'.repeat(1024 * 1024 - attributeBytes + 1), attributes)).rejects.toThrow('must be shorter than')
  expect(refusals).toEqual([expect.stringContaining('must be shorter than 1048576 bytes')])
})

test('the local SQS counts bytes and not characters', async () => {
  await expect(send('é'.repeat(600_000))).rejects.toThrow('must be shorter than')
})

test('the local SQS accepts ten message attributes, and not eleven', async () => {
  const attributes = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, text('x')]))

  await send('ten', attributes(10))
  expect((await receive())?.Body).toBe('ten')

  await expect(send('eleven', attributes(11))).rejects.toMatchObject({ name: 'InvalidParameterValue' })
})

test.each<[string, Record<string, MessageAttributeValue>]>([
  ['an empty value', { accountName: text('') }],
  ['a control character in a value', { accountName: text('a\u0007b') }],
  ['a name with a blank', { 'account name': text('x') }],
  ['a name that begins with a period', { '.name': text('x') }],
  ['a name that begins with AWS.', { 'AWS.name': text('x') }],
  ['a name of 257 characters', { ['n'.repeat(257)]: text('x') }],
  ['an unknown type', { accountName: { DataType: 'Text', StringValue: 'x' } }],
  ['a number that is none', { count: { DataType: 'Number', StringValue: 'many' } }],
])('the local SQS refuses a message attribute with %s', async (_name, attributes) => {
  await expect(send('body', attributes)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
})

test('the local SQS delays a message by 900 seconds at most', async () => {
  const delayed = async (DelaySeconds: number) =>
    running.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds }))

  await delayed(900)

  await expect(delayed(901)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  await expect(delayed(-1)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
})

test('the local SQS accepts a batch of ten messages and 1 MiB, and not more', async () => {
  const batch = async (count: number, bytes: number) =>
    running.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: Array.from({ length: count }, (_, index) => ({ Id: String(index), MessageBody: 'x'.repeat(bytes) })),
      }),
    )

  expect((await batch(10, 1)).Successful).toHaveLength(10)
  await expect(batch(11, 1)).rejects.toMatchObject({ name: expect.stringMatching(/TooManyEntriesInBatchRequest$/) })
  await expect(batch(2, 600_000)).rejects.toMatchObject({ name: expect.stringMatching(/BatchRequestTooLong$/) })
  for (let index = 0; index < 10; index += 1) await receive()
})

test('the local SQS refuses one bad message of a batch and accepts the others', async () => {
  const Entries = [
    { Id: 'good', MessageBody: 'good' },
    { Id: 'bad', MessageBody: 'bad', MessageAttributes: { accountName: text('') } },
  ]

  const { Successful = [], Failed = [] } = await running.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))

  expect(Successful.map(({ Id }) => Id)).toEqual(['good'])
  expect(Failed).toMatchObject([{ Id: 'bad', SenderFault: true, Code: 'InvalidParameterValue' }])
  await receive()
})

test('a message with a visibility time-out of zero is visible at once', async () => {
  await send('again')
  const first = await receive()
  const change = { QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }
  await running.sqs.send(new ChangeMessageVisibilityCommand(change))

  expect((await receive())?.Body).toBe('again')
})

test('the local SNS publishes 256 KiB, and not one byte more', async () => {
  const sns = new SNSClient({ endpoint: running.endpoint, region, credentials })
  const TopicArn = running.topics.get('Events')!.arn
  const publish = async (bytes: number) => sns.send(new PublishCommand({ TopicArn, Message: 'x'.repeat(bytes) }))

  await publish(256 * 1024)

  await expect(publish(256 * 1024 + 1)).rejects.toThrow('Message too long')
  expect(refusals).toEqual([expect.stringMatching(/^SNS was answered 400: .*Message too long/s)])
})

test.each(['a b', 'ä', '', 'x'.repeat(129)])('the local SQS refuses the message group "%s"', async (MessageGroupId) => {
  const message = { QueueUrl, MessageBody: 'text', MessageGroupId }
  await expect(running.sqs.send(new SendMessageCommand(message))).rejects.toThrow('MessageGroupId')
})

test('the local SQS keeps the message group of a message in a standard queue', async () => {
  const entry = { Id: '1', MessageBody: 'text', MessageGroupId: '!group-1~' }
  await running.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [entry] }))
  const { Messages = [] } = await running.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MessageSystemAttributeNames: ['MessageGroupId'] }),
  )
  expect(Messages[0]?.Attributes).toEqual({ MessageGroupId: '!group-1~' })
})
