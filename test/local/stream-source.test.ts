import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { afterEach, expect, test } from 'vitest'
import { createTables } from '../../local/aws/resources.ts'
import { parseDeployment } from '../../local/deployment/read-deployment.ts'
import { startDynamoDb } from '../../local/dynamodb/engine.ts'
import { eventFilter } from '../../local/event-sources/filter.ts'
import { type StreamRecord, workOnBatch } from '../../local/event-sources/stream-batch.ts'
import { splitIntoLanes } from '../../local/event-sources/stream-lanes.ts'
import { startStreamSource } from '../../local/event-sources/stream-source.ts'
import { streamsApi } from '../../local/event-sources/streams-api.ts'
import type { Handler } from '../../local/lambda/load-handler.ts'
import { aFunction, noTrace, until } from './builders.ts'

const aRecord = (sequence: number, key = `item-${sequence}`): StreamRecord => ({
  eventID: `event-${sequence}`,
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: String(sequence), Keys: { pk: { S: key } } },
})

const sequencesOf = ({ Records }: DynamoDBStreamEvent) =>
  Records.map(({ dynamodb }) => Number(dynamodb?.SequenceNumber))

const failing = (...sequences: number[]) => ({
  batchItemFailures: sequences.map((sequence) => ({ itemIdentifier: String(sequence) })),
})

/** Runs records 1 to 4 with a handler that gives several answers in turn. Returns what each invocation received. */
const turns = async (answers: Array<(sequences: number[]) => unknown>, bisect = false, maximumRetries = -1) => {
  const seen: number[][] = []
  const exhausted: number[] = []
  const handler = (event: DynamoDBStreamEvent) => {
    seen.push(sequencesOf(event))
    return answers[seen.length - 1]?.(sequencesOf(event))
  }
  await workOnBatch(
    [1, 2, 3, 4].map((sequence) => aRecord(sequence)),
    {
      invoke: aFunction(handler as Handler),
      bisect,
      reportsFailures: true,
      maximumRetries,
      onExhausted: async (records) =>
        void exhausted.push(...records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber))),
      stopping: new AbortController().signal,
      firstDelayMs: 1,
    },
  )
  return { seen, exhausted }
}

const broken = () => {
  throw new Error('broken')
}

test('a batch continues at the first record that failed, even if later ones succeeded', async () => {
  const { seen } = await turns([() => failing(3, 2)])

  expect(seen).toEqual([
    [1, 2, 3, 4],
    [2, 3, 4],
  ])
})

test('a batch whose function throws is retried as a whole', async () => {
  const { seen } = await turns([broken, broken])

  expect(seen).toEqual([
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ])
})

test('a batch that is bisected is retried in halves, the earlier half first', async () => {
  const { seen } = await turns([broken, () => undefined, broken], true)

  expect(seen).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]])
})

test('a record that fails permanently is sent to the destination and does not block the others', async () => {
  const poison = (sequences: number[]) => (sequences.includes(2) ? failing(2) : undefined)

  const { seen, exhausted } = await turns(
    Array.from({ length: 10 }, () => poison),
    true,
    2,
  )

  expect(seen.length).toBeLessThan(8)
  expect(exhausted).toContain(2)
})

test('changes of one item stay in one lane and in order', () => {
  const records = Array.from({ length: 40 }, (_, index) => aRecord(index, `item-${index % 5}`))

  const lanes = splitIntoLanes(records, 3)

  const laneOfItem = new Map<string, number>()
  for (const [index, lane] of lanes.entries()) {
    const sequences = lane.map(({ dynamodb }) => Number(dynamodb.SequenceNumber))
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other))
    for (const { dynamodb } of lane) {
      const key = JSON.stringify(dynamodb.Keys)
      expect(laneOfItem.get(key) ?? index).toBe(index)
      laneOfItem.set(key, index)
    }
  }
  expect(lanes.flat()).toHaveLength(40)
})

test.each<[string, Record<string, unknown>, boolean]>([
  ['one of the listed values', { dynamodb: { NewImage: { entity: { S: ['request', 'result'] } } } }, true],
  ['another value', { dynamodb: { NewImage: { entity: { S: ['message'] } } } }, false],
  ['a member that is missing', { dynamodb: { OldImage: { entity: { S: ['result'] } } } }, false],
  ['two members, both right', { eventName: ['INSERT'], dynamodb: { NewImage: { entity: { S: ['result'] } } } }, true],
  ['two members, one wrong', { eventName: ['REMOVE'], dynamodb: { NewImage: { entity: { S: ['result'] } } } }, false],
  ['a prefix', { dynamodb: { NewImage: { entity: { S: [{ prefix: 'res' }] } } } }, true],
  ['absence where it is wanted', { dynamodb: { OldImage: { entity: [{ exists: false }] } } }, true],
  ['anything but the value', { eventName: [{ 'anything-but': ['INSERT'] }] }, false],
])('eventFilter handles a pattern with %s', (_, pattern, matches) => {
  const record = { eventName: 'INSERT', dynamodb: { NewImage: { entity: { S: 'result' } } } }

  expect(eventFilter([pattern])(record)).toBe(matches)
})

test('an unknown filter rule is refused by name', () => {
  expect(() => eventFilter([{ eventName: [{ cidr: '10.0.0.0/8' }] }])).toThrow('{"cidr":"10.0.0.0/8"}')
})

const yaml = `
service: streams
provider: { name: aws, region: us-east-1, stage: dev, httpApi: { payload: '2.0' } }
functions:
  reader:
    handler: functions/reader.handler
    events:
      - stream:
          type: dynamodb
          arn: !GetAtt Table.StreamArn
          startingPosition: TRIM_HORIZON
          batchSize: 10
          functionResponseType: ReportBatchItemFailures
          filterPatterns:
            - dynamodb: { NewImage: { entity: { S: [result] } } }
resources:
  Resources:
    Table:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
        KeySchema: [{ AttributeName: pk, KeyType: HASH }]
        StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
`

const stops: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

test('the changes of a table arrive in order, filtered, and again from the first that failed', async () => {
  const deployment = parseDeployment(yaml, { name: 'serverless.yml', params: {} })
  const engine = await startDynamoDb()
  stops.push(async () => engine.stop())
  const table = (await createTables(deployment, engine.endpoint)).get('Table')
  const event = deployment.functions[0]?.streams[0]
  if (event === undefined || table?.streamArn === undefined) throw new Error('the table has no stream')
  const client = new DynamoDBClient({ endpoint: engine.endpoint })
  stops.push(async () => client.destroy())
  const seen: string[] = []
  let hasFailed = false
  const handler = ({ Records }: DynamoDBStreamEvent) => {
    for (const { dynamodb } of Records) {
      const key = dynamodb?.Keys?.['pk']?.S ?? ''
      if (key === 'item-07' && !hasFailed) {
        hasFailed = true
        return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber }] }
      }
      seen.push(key)
    }
    return undefined
  }

  const source = startStreamSource({
    api: streamsApi({ endpoint: engine.endpoint, region: 'us-east-1', streamArn: table.streamArn }),
    source: 'Table stream',
    name: 'reader',
    event,
    invoke: aFunction(handler as Handler),
    trace: noTrace,
    onExhausted: async () => undefined,
  })
  stops.push(source.stop)
  for (let index = 0; index < 24; index += 1) {
    const entity = index % 2 === 0 ? 'message' : 'result'
    const Item = { pk: { S: `item-${String(index).padStart(2, '0')}` }, entity: { S: entity } }
    await client.send(new PutItemCommand({ TableName: table.name, Item }))
  }
  await until(() => seen.includes('item-23'))

  expect(hasFailed).toBe(true)
  expect(seen).toEqual(['01', '03', '05', '07', '09', '11', '13', '15', '17', '19', '21', '23'].map((n) => `item-${n}`))
})
