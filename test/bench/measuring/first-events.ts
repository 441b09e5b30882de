import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { randomUUID } from 'node:crypto'
import { readSettings } from '../../../local/settings.ts'
import { account, apiEvent, eidOf, getEvent, iccidOf, localBody, sqsEvent, submitEvent } from '../../builders.ts'
import { aCallbackOf, createWorld } from '../../fakes/world.ts'
import type { Stage } from './stage.ts'

/** The first event of a function and its outcome. Each call creates a new event. */
export type FirstEvent = { does: string; make: () => unknown }

let made = 0
const next = (): number => (made += 1)

/** A finished request, with the stream record of its result. */
async function doneRequest() {
  const world = createWorld()
  const { requestId } = await world.order('download_enable', localBody(1))
  await world.callback([aCallbackOf('upstream-1', deviceOf(1))])
  await world.stream()
  const results = world.streamRecords().filter(({ dynamodb }) => dynamodb?.NewImage?.['entity']?.S === 'result')
  return { requestId, items: world.items(), results }
}

const deviceOf = (index: number) => [
  { kind: 'eid', id: eidOf(index) },
  { kind: 'iccid', id: iccidOf(index) },
]

/** Stores a finished request and gives every function an ordinary event. */
export async function firstEvents({ environment, tableName }: Stage): Promise<Readonly<Record<string, FirstEvent>>> {
  const { requestId, items, results } = await doneRequest()
  const engine = new DynamoDBClient({
    endpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const client = DynamoDBDocumentClient.from(engine, { marshallOptions: { removeUndefinedValues: true } })
  for (const Item of items) await client.send(new PutCommand({ TableName: tableName, Item }))
  engine.destroy()

  const { username, password } = readSettings({}).callbacks
  return {
    'submit-profile-action': {
      does: 'takes an order of one device and sends it on',
      make: () => {
        const index = next()
        return submitEvent('download_enable', localBody(1, { devices: [{ deviceIds: deviceOf(index) }] }))
      },
    },
    'record-callbacks': {
      does: 'records one callback',
      make: () =>
        sqsEvent([{ ...aCallbackOf(randomUUID(), deviceOf(next())), username, password }], {
          accountName: account,
          sourceIp: '127.0.0.1',
        }),
    },
    'query-requests': { does: 'shows one request', make: () => getEvent(requestId) },
    'query-support': {
      does: 'lists the failures of an account',
      make: () => apiEvent({ route: 'GET /v1/failures', query: { accountName: account } }),
    },
    'operate-gateway': { does: 'lists the quarantine', make: () => apiEvent({ route: 'GET /v1/operate/quarantine' }) },
    'plan-decisions': {
      does: 'finds no decision to plan',
      make: () =>
        apiEvent({
          route: 'POST /v1/decisions/plans',
          body: { answer: 'retry', filter: { accountName: account } },
        }),
    },
    'manage-request': {
      does: 'refuses to repeat what is done',
      make: () => apiEvent({ route: 'POST /v1/requests/{requestId}/retry', path: { requestId } }),
    },
    'retry-submission': {
      does: 'ignores an outdated work message',
      make: () => sqsEvent([{ kind: 'submission', requestId, submission: 0, attempt: 0 }]),
    },
    'project-changes': { does: 'looks for the request of one result', make: () => ({ Records: results }) },
    'sweep-due': { does: 'finds nothing due', make: () => ({}) },
    'keep-listener': { does: 'compares the registrations', make: () => ({}) },
    'describe-api': { does: 'gives the OpenAPI document', make: () => apiEvent({ route: 'GET /openapi.json' }) },
  }
}
