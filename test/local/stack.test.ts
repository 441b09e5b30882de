import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../../local/settings.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { TraceLine } from '../../local/trace.ts'
import { until } from './builders.ts'

/** A deployment like the gateway's, with functions that only record their events. */
const handlers = {
  'api.mjs': `
    import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
    import { SNSClient, PublishCommand } from '@aws-sdk/client-sns'
    import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
    export const handler = async (event) => {
      process.stdout.write(JSON.stringify({ logged: event.rawPath }))
      const { SecretString } = await new SecretsManagerClient({}).send(
        new GetSecretValueCommand({ SecretId: process.env.SEGMENT_ID }))
      await new SQSClient({}).send(
        new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: 'from the function' }))
      await new SNSClient({}).send(
        new PublishCommand({ TopicArn: process.env.TOPIC_ARN, Message: '{"happened":true}',
          MessageAttributes: { type: { DataType: 'String', StringValue: 'test.happened' } } }))
      return { statusCode: 202, body: JSON.stringify({ SecretString, publicUrl: process.env.PUBLIC_URL, lease: process.env.LEASE }) }
    }`,
  'queue.mjs': `
    export const handler = async (event) => {
      globalThis.seenByQueue = [...(globalThis.seenByQueue ?? []), ...event.Records]
    }`,
  'schedule.mjs': `
    export const handler = async (event) => {
      globalThis.seenBySchedule = [...(globalThis.seenBySchedule ?? []), event]
    }`,
}

const serverlessYml = (params: string[]) => `
service: fixture
params:
  default: { ${params.map((name) => `${name}: ''`).join(', ')} }
provider:
  name: aws
  region: us-east-1
  stage: dev
  httpApi:
    payload: '2.0'
    authorizers:
      callers:
        type: jwt
        identitySource: $request.header.Authorization
        issuerUrl: \${param:jwtIssuer}
        audience: [ '\${param:jwtAudience}' ]
functions:
  api:
    handler: api.handler
    environment:
      SEGMENT_ID: !Ref CallbackSegmentSecret
      QUEUE_URL: !Ref Queue
      TOPIC_ARN: !Ref Topic
      LEASE: \${param:leaseSeconds}
      PUBLIC_URL: !Sub https://\${HttpApi}.execute-api.\${AWS::Region}.amazonaws.com
    events:
      - httpApi: { method: POST, path: '/v1/things/{id}', authorizer: { name: callers, scopes: [profiles:write] } }
  queue:
    handler: queue.handler
    events:
      - sqs: { arn: !GetAtt Queue.Arn, functionResponseType: ReportBatchItemFailures }
  sweep-due:
    handler: schedule.handler
    events:
      - schedule: rate(1 hour)
resources:
  Resources:
    Queue: { Type: AWS::SQS::Queue }
    Topic: { Type: AWS::SNS::Topic }
    CallbackSegmentSecret: { Type: AWS::SecretsManager::Secret }
    CallbackIntegration:
      Type: AWS::ApiGatewayV2::Integration
      Properties:
        ApiId: !Ref HttpApi
        IntegrationType: AWS_PROXY
        IntegrationSubtype: SQS-SendMessage
        PayloadFormatVersion: '1.0'
        RequestParameters:
          QueueUrl: !Ref Queue
          MessageBody: $request.body
          MessageAttributes: '{"accountName": {"DataType": "String", "StringValue": "\${request.path.accountName}"}, "sourceIp": {"DataType": "String", "StringValue": "\${context.identity.sourceIp}"}}'
    CallbackRoute:
      Type: AWS::ApiGatewayV2::Route
      Properties:
        ApiId: !Ref HttpApi
        RouteKey: !Sub 'POST /callbacks/{{resolve:secretsmanager:\${CallbackSegmentSecret}}}/{accountName}'
        Target: !Sub integrations/\${CallbackIntegration}
`

const free = {
  LOCAL_PORT: '0',
  LOCAL_ISSUER_PORT: '0',
  LOCAL_SIMULATOR_PORT: '0',
  LOCAL_SIMULATOR_CONTROL_PORT: '0',
}
let folder: string
let yml: string
const lines: TraceLine[] = []
let stack: Stack | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-stack-'))
  yml = join(folder, 'serverless.yml')
  const params = [...Object.keys(readSettings({}).params), 'jwtIssuer', 'jwtAudience', 'thingSpaceBaseUrl']
  await writeFile(yml, serverlessYml(params))
  for (const [name, text] of Object.entries(handlers)) {
    const root = JSON.stringify(new URL('../../node_modules/', import.meta.url).pathname).slice(1, -1)
    // The fixture is outside the project, where package names cannot be resolved.
    await writeFile(
      join(folder, name),
      text.replaceAll(/from '(@aws-sdk\/[\w-]+)'/g, `from '${root}$1/dist-cjs/index.js'`),
    )
  }
})
afterEach(async () => {
  await stack?.stop()
  stack = undefined
})
afterAll(async () => rm(folder, { recursive: true }))

const start = async (environment: Record<string, string> = {}): Promise<Stack> => {
  const settings = readSettings({ ...free, LOCAL_FUNCTION_LOG: join(folder, 'functions.log'), ...environment })
  stack = await startStack(settings, { serverlessYml: yml, trace: (line) => lines.push(line) })
  return stack
}

type QueueRecord = { body: string; messageAttributes: Record<string, { stringValue?: string }> }
const seenByQueue = () => (Reflect.get(globalThis, 'seenByQueue') ?? []) as QueueRecord[]
const seenBySchedule = () => (Reflect.get(globalThis, 'seenBySchedule') ?? []) as Array<Record<string, unknown>>

test('a call reaches its function, which reaches secrets, queue and topic through the standard variables', async () => {
  const { apiUrl, tokenFor, takeEvents } = await start({ LOCAL_LEASE_SECONDS: '77', LOCAL_CALLBACK_SEGMENT: 'hidden' })

  const response = await fetch(`${apiUrl}/v1/things/7`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenFor()}` },
  })

  expect(response.status).toBe(202)
  expect(await response.json()).toEqual({ SecretString: 'hidden', publicUrl: apiUrl, lease: '77' })
  await until(() => seenByQueue().some(({ body }) => body === 'from the function'))
  await until(() => lines.some(({ kind }) => kind === 'event'))
  expect(takeEvents()).toEqual([{ body: { happened: true }, attributes: { type: 'test.happened' } }])
  expect(takeEvents()).toEqual([])
})

test('a token is limited to the scopes it was created with', async () => {
  const { apiUrl, tokenFor } = await start()

  const authorization = `Bearer ${await tokenFor({ scopes: ['profiles:read'] })}`
  const response = await fetch(`${apiUrl}/v1/things/7`, { method: 'POST', headers: { authorization } })

  expect(response.status).toBe(403)
})

test('the callback endpoint sends the body to the queue with account and address, and answers like SQS', async () => {
  const { callbackUrl } = await start()

  const response = await fetch(callbackUrl('Acme Inc'), { method: 'POST', body: '{"username":"u"}' })

  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml'])
  expect(await response.text()).toMatch(/<SendMessageResponse .*<MessageId>[\w-]{36}<\/MessageId>/)
  await until(() => seenByQueue().some(({ body }) => body === '{"username":"u"}'))
  const record = seenByQueue().find(({ body }) => body === '{"username":"u"}')
  expect(record?.messageAttributes).toMatchObject({
    accountName: { stringValue: 'Acme Inc' },
    sourceIp: { stringValue: '127.0.0.1' },
  })
})

test('the callback endpoint refuses a call without a body or with another segment', async () => {
  const { callbackUrl, apiUrl } = await start()

  const empty = await fetch(callbackUrl('Acme'), { method: 'POST' })
  const elsewhere = await fetch(`${apiUrl}/callbacks/guessed/Acme`, { method: 'POST', body: '{}' })

  expect([empty.status, elsewhere.status]).toEqual([400, 404])
  expect(await empty.text()).toContain('<Code>MissingParameter</Code>')
})

test('the callback endpoint accepts an emoji like SQS and stores U+FFFD for an invalid character', async () => {
  const { callbackUrl } = await start()

  const response = await fetch(callbackUrl('Acme'), {
    method: 'POST',
    body: 'thumbs \u{1F44D}, bell \u0007, none \uFFFF',
  })

  expect(response.status).toBe(200)
  await until(() => seenByQueue().some(({ body }) => body === 'thumbs \u{1F44D}, bell \uFFFD, none \uFFFD'))
})

test.each([
  ['a body of more than 1 MiB', 'Acme', 'x'.repeat(1024 * 1024)],
  ['a body of control characters only', 'Acme', '\u0000\u0001'],
  ['an account name with a control character', 'Ac\u0007me', '{}'],
])(
  'the callback endpoint answers 400 to %s, as SQS refuses it, with one line in the log',
  async (_what, account, body) => {
    const { callbackUrl } = await start()
    lines.length = 0

    const response = await fetch(callbackUrl(account), { method: 'POST', body })

    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/xml'])
    expect(await response.text()).toMatch(/<ErrorResponse .*<Type>Sender<\/Type><Code>[\w.]+<\/Code>/)
    expect(lines.filter(({ kind }) => kind === 'refusal')).toHaveLength(1)
  },
)

test('the trace hides the callback segment', async () => {
  const { callbackUrl } = await start({ LOCAL_CALLBACK_SEGMENT: 'unguessable' })
  lines.length = 0

  await fetch(callbackUrl('Acme'), { method: 'POST', body: '{}' })

  expect(lines).toContainEqual(expect.objectContaining({ call: 'POST /callbacks/***/{accountName}', status: 200 }))
  expect(JSON.stringify(lines)).not.toContain('unguessable')
})

test('a schedule has run once when the stack is ready, and then at the configured rate', async () => {
  const before = seenBySchedule().length
  await start({ LOCAL_SWEEP_EVERY_SECONDS: '1' })

  expect(seenBySchedule().length).toBeGreaterThan(before)
  expect(seenBySchedule().at(-1)).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events' })
  await until(() => seenBySchedule().length >= before + 2)
})

test('the output of a function is in the log file and not in the terminal', async () => {
  const { apiUrl, tokenFor, functionLog } = await start()

  const headers = { authorization: `Bearer ${await tokenFor()}` }
  await fetch(`${apiUrl}/v1/things/printed`, { method: 'POST', headers })

  expect(await readFile(functionLog, 'utf8')).toContain('/v1/things/printed')
})

test('stopping the stack ends everything and restores the environment', async () => {
  const before = { ...process.env }
  const { apiUrl, issuerUrl, dynamoDb, stop } = await start()
  expect(process.env['AWS_ENDPOINT_URL_SQS']).toBeDefined()

  await stop()

  expect({ ...process.env }).toEqual(before)
  for (const url of [apiUrl, issuerUrl, dynamoDb.endpoint]) await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test.each(['LOCAL_PORT', 'LOCAL_ISSUER_PORT', 'LOCAL_SIMULATOR_PORT', 'LOCAL_SIMULATOR_CONTROL_PORT'])(
  'a %s that is in use is reported in one sentence, and nothing stays running',
  async (name) => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' ? address?.port : '')

    const starting = start({ [name]: port })

    await expect(starting).rejects.toMatchObject({ name: 'StartError', message: expect.stringContaining(port) })
    await expect(starting).rejects.toThrow(name)
    other.close()
  },
)

test('an unknown DynamoDB engine is reported in one sentence', async () => {
  await expect(start({ LOCAL_DYNAMODB_ENGINE: 'oracle' })).rejects.toThrow('no DynamoDB engine named "oracle"')
})
