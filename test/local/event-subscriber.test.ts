import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { accountId, credentials } from '../../local/aws/account.ts'
import { parseYaml } from '../../local/deployment/yaml.ts'
import { createTable } from '../../local/dynamodb/create-table.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { localBody } from '../builders.ts'
import { freePorts } from '../openapi/free-ports.ts'
import { until } from './builders.ts'

const wanted = '0000123456-00001'
const foreign = '0000123456-00002'
const region = 'us-east-1'

const Properties = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject({ Properties: z.looseObject(shape) })
const Template = z.object({
  Resources: z.looseObject({
    Subscription: Properties({
      RawMessageDelivery: z.boolean(),
      FilterPolicy: z.looseObject({ type: z.array(z.string()) }),
    }),
    Statuses: Properties({}),
  }),
})

let folder: string
let stack: Stack
let sqs: SQSClient
let dynamoDb: DynamoDBClient
let handle: (event: { Records: { messageId: string; body: string }[] }) => Promise<{ batchItemFailures: object[] }>

/** Creates what the template of the example describes, with the filter for one account. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-subscriber-'))
  stack = await startStack(
    freePorts({ LOCAL_FUNCTION_LOG: join(folder, 'functions.log'), LOCAL_ACCOUNTS: `${wanted},${foreign}` }),
  )
  const file = join(import.meta.dirname, '../../docs/examples/event-subscriber/template.yml')
  const { Subscription, Statuses } = Template.parse(parseYaml(await readFile(file, 'utf8'), 'template.yml')).Resources
  const { queuesEndpoint: endpoint } = stack
  sqs = new SQSClient({ endpoint, region, credentials })
  await sqs.send(new CreateQueueCommand({ QueueName: 'Subscriber' }))
  const sns = new SNSClient({ endpoint, region, credentials })
  await sns.send(
    new SubscribeCommand({
      TopicArn: stack.connection.environment['EVENTS_TOPIC_ARN'],
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${region}:${accountId}:Subscriber`,
      Attributes: {
        RawMessageDelivery: String(Subscription.Properties.RawMessageDelivery),
        FilterPolicy: JSON.stringify({ ...Subscription.Properties.FilterPolicy, accountName: [wanted] }),
      },
    }),
  )
  sns.destroy()
  dynamoDb = new DynamoDBClient({ endpoint: stack.dynamoDb.endpoint, region, credentials })
  await createTable(dynamoDb, { ...Statuses.Properties, TableName: 'Statuses' })
  vi.stubEnv('TABLE_NAME', 'Statuses')
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', stack.dynamoDb.endpoint)
  handle = (await import('../../docs/examples/event-subscriber/handle-events.ts')).handler
}, 60_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  sqs.destroy()
  dynamoDb.destroy()
  await stack.stop()
  await rm(folder, { recursive: true })
})

async function order(accountName: string): Promise<string> {
  const devices = [
    {
      deviceIds: [
        { kind: 'eid', id: '89033023000000000000000000009001' },
        { kind: 'iccid', id: '89148000000000009001' },
      ],
    },
  ]
  const answer = await fetch(`${stack.apiUrl}/v1/devices/profile/actions/enable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await stack.tokenFor()}`, 'content-type': 'application/json' },
    body: JSON.stringify(localBody(1, { accountName, devices })),
  })
  expect(answer.status).toBe(202)
  return ((await answer.json()) as { requestId: string }).requestId
}

/** Receives what is in the queue, hands it to the handler, and deletes it. */
async function poll(): Promise<{ messageId: string; body: string }[]> {
  const QueueUrl = `${stack.queuesEndpoint}/${accountId}/Subscriber`
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
  if (Messages.length === 0) return []
  const records = Messages.map(({ MessageId = '', Body = '' }) => ({ messageId: MessageId, body: Body }))
  expect(await handle({ Records: records })).toEqual({ batchItemFailures: [] })
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
  return records
}

async function statuses() {
  const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: 'Statuses' }))
  return Items.map(({ subject, status, sequence }) => ({
    subject: subject?.S ?? '',
    status: status?.S,
    sequence: Number(sequence?.N),
  }))
}

test('the example subscriber keeps the last status of its own accounts only, whatever arrives twice', async () => {
  const ours = await order(wanted)
  const theirs = await order(foreign)
  const received: { messageId: string; body: string }[] = []
  const isTold = (requestId: string) =>
    received.some(({ body }) => body.includes('"request.completed"') && body.includes(requestId))
  await until(async () => {
    received.push(...(await poll()))
    return isTold(ours)
  })
  expect(isTold(theirs)).toBe(false)
  expect(
    received.every(({ body }) => (JSON.parse(body) as { data: { accountName: string } }).data.accountName === wanted),
  ).toBe(true)

  const kept = await statuses()
  expect(kept.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
  expect(kept.every(({ subject }) => subject.startsWith(`${ours}/`))).toBe(true)
  // SNS delivers all of it once more, and the oldest last.
  expect(await handle({ Records: received.toReversed() })).toEqual({ batchItemFailures: [] })
  expect(await statuses()).toEqual(kept)
}, 60_000)

test('the example subscriber reports a message that it cannot read and handles the others', async () => {
  const at = new Date().toISOString()
  const data = { requestId: 'r', sequence: 1, accountName: wanted, status: 'succeeded' }
  const good = JSON.stringify({ id: 'r/g/1', type: 'request.completed', time: at, data })
  const records = [
    { messageId: 'bad', body: '{"id": 1}' },
    { messageId: 'good', body: good },
  ]
  expect(await handle({ Records: records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] })
  expect((await statuses()).filter(({ subject }) => subject === 'r/g')).toHaveLength(1)
})
