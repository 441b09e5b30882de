import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { eidOf, iccidOf } from '../builders.ts'
import { createFakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { aCallbackOf } from '../fakes/world.ts'
import type { Scenario } from './measuring/life.ts'

/** A naive table design: one item per device, written with the order and again by its callbacks. */
export type NaiveModel = { name: string; hasStatusIndex: boolean; isTransactional: boolean }

export const naiveModels: readonly NaiveModel[] = [
  { name: 'item a device, counter', hasStatusIndex: false, isTransactional: false },
  { name: 'the same with a status index', hasStatusIndex: true, isTransactional: false },
  { name: 'counter in a transaction', hasStatusIndex: false, isTransactional: true },
]

type Message = { position: number; rank: 1 | 2; status: 'warning' | 'succeeded' }

/** Write and read units of one request's whole life. */
export async function unitsOf(model: NaiveModel, devices: number, scenario: Scenario) {
  const client = createFakeDynamoDb({ tables: [tableOf(model)], removeUndefinedValues: true })
  await order(client, model, devices)
  for (const message of messagesOf(devices, scenario)) await receive(client, model, message)
  return { writeUnits: client.meter.writeUnits, readUnits: client.meter.readUnits }
}

const TableName = 'naive'
const keyOf = (position: number) => ({ pk: 'REQ#naive', sk: `D#${String(position).padStart(5, '0')}` })
const meta = { pk: 'REQ#naive', sk: 'META' }
const devicesPerSubmission = 100

const tableOf = ({ hasStatusIndex }: NaiveModel) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: ['pk', 'sk', ...(hasStatusIndex ? ['statusKey'] : [])].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S' as const,
  })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  ...(hasStatusIndex && {
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byStatus',
        KeySchema: [{ AttributeName: 'statusKey', KeyType: 'HASH' as const }],
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      },
    ],
  }),
})

type Client = Pick<DynamoDBDocumentClient, 'send'>

async function order(client: Client, model: NaiveModel, devices: number): Promise<void> {
  await client.send(new PutCommand({ TableName, Item: { ...meta, status: 'submitting', devices, done: 0 } }))
  const puts = Array.from({ length: devices }, (_, position) => ({
    PutRequest: {
      Item: {
        ...keyOf(position),
        eid: eidOf(position),
        iccid: iccidOf(position),
        rank: 0,
        ...(model.hasStatusIndex && { statusKey: 'REQ#naive#pending' }),
      },
    },
  }))
  for (let first = 0; first < puts.length; first += 25) {
    await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts.slice(first, first + 25) } }))
  }
  for (let first = 0; first < devices; first += devicesPerSubmission) {
    await client.send(new PutCommand({ TableName, Item: { pk: `TSR#${first}`, sk: 'MAP', requestId: 'naive' } }))
  }
  await client.send(
    new UpdateCommand({
      TableName,
      Key: meta,
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': 'submitted' },
    }),
  )
}

/**
 * A callback is looked up by its upstream request id, applied if it is more final than the known status, and then
 * counted.
 */
async function receive(client: Client, model: NaiveModel, { position, rank, status }: Message): Promise<void> {
  const first = position - (position % devicesPerSubmission)
  await client.send(new GetCommand({ TableName, Key: { pk: `TSR#${first}`, sk: 'MAP' } }))
  const raw = JSON.stringify(
    aCallbackOf(`upstream-${first}`, [
      { kind: 'eid', id: eidOf(position) },
      { kind: 'iccid', id: iccidOf(position) },
    ]),
  )
  const device = {
    TableName,
    Key: keyOf(position),
    UpdateExpression: `SET #rank = :rank, #raw = :raw${model.hasStatusIndex ? ', statusKey = :statusKey' : ''}`,
    ConditionExpression: '#rank < :rank',
    ExpressionAttributeNames: { '#rank': 'rank', '#raw': 'raw' },
    ExpressionAttributeValues: {
      ':rank': rank,
      ':raw': raw,
      ...(model.hasStatusIndex && { ':statusKey': `REQ#naive#${status}` }),
    },
  }
  const counter = {
    TableName,
    Key: meta,
    UpdateExpression: 'ADD #count :one',
    ExpressionAttributeNames: { '#count': status },
    ExpressionAttributeValues: { ':one': 1 },
  }
  try {
    if (model.isTransactional) {
      await client.send(new TransactWriteCommand({ TransactItems: [{ Update: device }, { Update: counter }] }))
    } else {
      await client.send(new UpdateCommand(device))
      await client.send(new UpdateCommand(counter))
    }
  } catch (error) {
    const isRepeat = /ConditionalCheckFailed|TransactionCanceled/.test(error instanceof Error ? error.name : '')
    if (!isRepeat) throw error
  }
}

function messagesOf(devices: number, scenario: Scenario): Message[] {
  const finals = Array.from({ length: devices }, (_, position): Message => ({ position, rank: 2, status: 'succeeded' }))
  if (scenario === 'clean') return finals
  const every = (nth: number) => finals.filter((_, index) => (index + 1) % nth === 0)
  const warnings = every(5).map((final): Message => ({ ...final, rank: 1, status: 'warning' }))
  return [...warnings, ...finals, ...every(33)]
}
