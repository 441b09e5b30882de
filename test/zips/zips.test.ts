import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, describe, expect, test } from 'vitest'
import { credentials } from '../../local/aws/account.ts'
import { localBody, someDevices } from '../builders.ts'
import { until } from '../local/builders.ts'
import { aCallbackOf } from '../fakes/world.ts'
import { functionsOf, packageTemplate } from '../template/template.ts'
import { recordedEvent } from './fixtures.ts'
import { accountName, startZippedGateway } from './stack.ts'

// The zips run in bare Node 24 outside the project, with the variables of the template, by events in the shapes that AWS
// documents. A missing file, a wrong module format or a missing variable fails here and nowhere else.

const template = await packageTemplate()
const { stack, functions, filesOf, stop } = await startZippedGateway()
afterAll(stop)
const { simulator } = stack

const invoke = async (name: string, event: unknown): Promise<unknown> => functions.get(name)?.invoke(event)

type Call = { path: string; pathParameters?: Record<string, string>; query?: Record<string, string>; body?: unknown }

/** Calls the route of the function, and returns the status and the body, which is JSON if it can be. */
async function call(name: string, routeKey: string, { path, pathParameters, query, body }: Call, isOpen = false) {
  const [method = ''] = routeKey.split(' ')
  const text = body === undefined ? undefined : JSON.stringify(body)
  const values = {
    routeKey,
    method,
    path,
    pathParameters,
    queryStringParameters: query,
    rawQueryString: new URLSearchParams(query).toString(),
    body: text,
  }
  const event = await recordedEvent(isOpen ? 'http-api-open' : 'http-api', values)
  const { statusCode, body: answered = '' } = (await invoke(name, event)) as { statusCode: number; body?: string }
  return { status: statusCode, body: answered.startsWith('{') ? (JSON.parse(answered) as object) : answered }
}

const order = (count: number, first = 1) =>
  call('submit-profile-action', 'POST /v1/devices/profile/actions/{action}', {
    path: '/v1/devices/profile/actions/delete',
    pathParameters: { action: 'delete' },
    body: { ...localBody(), devices: someDevices(count, first) },
  })

const show = (requestId: string) =>
  call('query-requests', 'GET /v1/requests/{requestId}', {
    path: `/v1/requests/${requestId}`,
    pathParameters: { requestId },
  })

/** The stored items of a kind, as the table and its stream hold them. */
async function imagesOf(entity: string) {
  const [TableName] = stack.dynamoDb.tables
  const client = new DynamoDBClient({ endpoint: stack.dynamoDb.endpoint, region: 'us-east-1', credentials })
  const { Items = [] } = await client.send(new ScanCommand({ TableName }))
  client.destroy()
  return Items.filter((image) => image['entity']?.S === entity)
}

const keysOf = ({ pk, sk }: Record<string, unknown>) => ({ pk, sk })
/** What the local stack has registered with ThingSpace. */
const listener = { username: 'profile-gateway', password: 'local-callback-password' }
const allDone = { batchItemFailures: [] }
const requestIdOf = ({ body }: { body: unknown }): string => (body as { requestId: string }).requestId

describe('the zip of', () => {
  test('every function holds its bundle, the licence and the notices, and runs on the Node of the template', () => {
    for (const { name, properties } of functionsOf(template)) {
      expect(filesOf(name)).toEqual(expect.arrayContaining(['LICENSE', 'THIRD-PARTY-NOTICES', `functions/${name}.js`]))
      expect(properties['Runtime']).toBe(`nodejs${process.versions.node.split('.')[0]}.x`)
    }
    expect(functions.size).toBeGreaterThan(9)
  })

  test('describe-api answers with the document, its page and the console', async () => {
    const get = (path: string, pathParameters?: Record<string, string>, route = path) =>
      call('describe-api', `GET ${route}`, { path, ...(pathParameters && { pathParameters }) }, true)
    const script = filesOf('describe-api').find((file) => /^console\/built\/.+\.js$/.test(file)) ?? ''
    const file = script.replace('console/built/', '')

    expect(await get('/openapi.json')).toMatchObject({ status: 200, body: { openapi: expect.any(String) as string } })
    expect(await get('/docs/swagger-ui.css', { file: 'swagger-ui.css' }, '/docs/{file}')).toMatchObject({ status: 200 })
    expect(await get('/console')).toMatchObject({ status: 200, body: expect.stringContaining(file) as string })
    expect(await get(`/console/${file}`, { file }, '/console/{file}')).toMatchObject({ status: 200 })
  })

  test('keep-listener registers the callback address on its schedule', async () => {
    expect(await invoke('keep-listener', await recordedEvent('schedule'))).toBeDefined()
    expect(simulator?.listeners().map((each) => each.accountName)).toEqual([accountName, accountName])
  })

  test('submit-profile-action accepts an order, and query-requests and query-support show it', async () => {
    const accepted = await order(1)

    expect(accepted).toMatchObject({ status: 202 })
    expect(await show(requestIdOf(accepted))).toMatchObject({ status: 200, body: { status: 'submitted' } })
    expect(await call('query-requests', 'GET /health', { path: '/health' }, true)).toMatchObject({ status: 200 })
    expect(
      await call('query-support', 'GET /v1/failures', { path: '/v1/failures', query: { accountName } }),
    ).toMatchObject({ status: 200 })
  })

  test('retry-submission creates the submissions of a large order and sends the one that a work message names', async () => {
    const requestId = requestIdOf(await order(150, 1000))
    const before = simulator?.submissions().length ?? 0
    const work = async (message: object) =>
      invoke(
        'retry-submission',
        await recordedEvent('sqs-work-message', { body: JSON.stringify(message), sentTimestamp: String(Date.now()) }),
      )

    expect(await work({ kind: 'part', requestId, part: 0 })).toEqual(allDone)
    expect(await work({ kind: 'submission', requestId, submission: 100, attempt: 0 })).toEqual(allDone)
    expect(simulator?.submissions().slice(before)).toMatchObject([{ devices: { length: 50 } }])
  })

  test('record-callbacks stores a callback, and project-changes completes its request and publishes an event', async () => {
    const requestId = requestIdOf(await order(1, 5000))
    const upstream = simulator?.submissions().at(-1)?.requestId ?? ''
    const body = JSON.stringify(aCallbackOf(upstream, someDevices(1, 5000)[0]?.deviceIds ?? [], 'succeeded', listener))
    const received = await recordedEvent('sqs-callback', { body, sentTimestamp: String(Date.now()) })

    expect(await invoke('record-callbacks', received)).toEqual(allDone)
    const resultImage = (await imagesOf('result')).find((image) => JSON.stringify(image).includes(upstream)) ?? {}
    const requestOf = async () => (await imagesOf('request')).find((image) => image['requestId']?.S === requestId) ?? {}
    const before = await requestOf()
    /** The stream delivers the result, and the request as it was and as it is. */
    const project = async (requestImage: object) =>
      invoke(
        'project-changes',
        await recordedEvent('dynamodb-stream', {
          resultKeys: keysOf(resultImage),
          resultImage,
          requestKeys: keysOf(before),
          requestImageBefore: before,
          requestImage,
        }),
      )

    expect(await project(before)).toEqual(allDone)
    expect(await show(requestId)).toMatchObject({ status: 200, body: { status: 'succeeded', final: true } })

    expect(await project(await requestOf())).toEqual(allDone)
    await until(() => stack.takeEvents().some((event) => JSON.stringify(event.body).includes(requestId)))
  })

  test('manage-request cancels an order that is queued', async () => {
    const requestId = requestIdOf(await order(150, 2000))
    const cancelled = await call('manage-request', 'POST /v1/requests/{requestId}/cancel', {
      path: `/v1/requests/${requestId}/cancel`,
      pathParameters: { requestId },
      body: {},
    })
    expect(cancelled).toMatchObject({ status: 202, body: { requestId } })
    expect(await show(requestId)).toMatchObject({ body: { status: 'cancelled' } })
  })

  test.each(['latches', 'flows'])('operate-gateway shows the %s of the credential sets', async (of) => {
    const path = `/v1/operate/${of}`
    expect(await call('operate-gateway', `GET ${path}`, { path })).toMatchObject({ status: 200 })
  })

  test('sweep-due finishes on its schedule', async () => {
    expect(await invoke('sweep-due', await recordedEvent('schedule'))).toMatchObject({})
  })
})
