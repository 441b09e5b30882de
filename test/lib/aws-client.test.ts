import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { awsCallMilliseconds, awsClientOptions } from '../../lib/aws-client.ts'
import { connectSubmissionQueue } from '../../lib/events/submission-queue.ts'
import { connectTopic } from '../../lib/events/topic.ts'
import { connectSecrets, saveListenerSecret } from '../../lib/secrets.ts'
import { createStore } from '../../lib/store/store.ts'
import { connectTable } from '../../lib/store/table/table.ts'
import { account } from '../builders.ts'
import { noon } from './profile/records.ts'

const services = ['DYNAMODB', 'SQS', 'SNS', 'SECRETS_MANAGER']

/** Every call of the gateway to AWS, one per client. */
const calls: Record<string, (url: string) => Promise<unknown>> = {
  DynamoDB: () => createStore(connectTable({ tableName: 'table', retainSeconds: 1, clock: Date.now })).getRequest('a'),
  SQS: (url) =>
    connectSubmissionQueue({ queueUrls: { single: `${url}/1/queue`, bulk: `${url}/1/bulk` } }).send([
      {
        message: { kind: 'part', requestId: 'request-1', part: 0 },
        delaySeconds: 0,
        lane: 'bulk',
        accountName: account,
      },
    ]),
  SNS: () =>
    connectTopic({ topicArn: 'arn:aws:sns:us-east-1:1:topic', identifiers: 'whole' }).publish([
      {
        type: 'request.completed',
        requestId: 'request-1',
        accountName: account,
        action: 'disable',
        sequence: 1,
        id: 'request-1/1/0',
        at: noon,
        status: 'succeeded',
      },
    ]),
  'Secrets Manager, reading': () => connectSecrets(Date.now)('secret'),
  'Secrets Manager, writing': () => saveListenerSecret('secret', { username: 'u', current: 'c' }),
}

describe.each([
  ['accepts the connection and never answers', (_socket: Socket) => undefined],
  [
    'stops in the middle of its answer',
    (socket: Socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 100\r\n\r\n{"')
      }),
  ],
])('an AWS endpoint that %s', (_name, behave) => {
  let server: Server
  let url: string
  const sockets = new Set<Socket>()

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      behave(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    for (const service of services) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, url)
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key')
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  test.concurrent.each(Object.keys(calls))(
    'makes a call to %s fail within its budget, after every attempt',
    async (name) => {
      const began = performance.now()
      await expect(calls[name]!(url)).rejects.toMatchObject({
        name: 'TimeoutError',
        $metadata: { attempts: awsClientOptions.maxAttempts },
      })
      expect(performance.now() - began).toBeLessThan(1.5 * awsCallMilliseconds)
    },
    2 * awsCallMilliseconds,
  )
})

test('all attempts of one AWS call fit into its budget', () => {
  const { maxAttempts, requestHandler } = awsClientOptions
  const { requestTimeout, socketTimeout, connectionTimeout } = requestHandler
  expect(Math.max(requestTimeout, socketTimeout, connectionTimeout) * maxAttempts).toBeLessThan(awsCallMilliseconds)
})
