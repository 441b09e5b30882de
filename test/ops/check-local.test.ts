import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CheckSources } from '../../ops/check/sources.ts'
import type { Finding } from '../../ops/check/finding.ts'
import { runChecks } from '../../ops/check/run-checks.ts'
import { connectGateway } from '../../ops/connect/gateway.ts'
import { enterTarget } from '../../ops/connect/target.ts'
import { writeConnection } from '../../local/connection-file.ts'
import { readSettings } from '../../local/settings.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { account } from '../builders.ts'

const before = { ...process.env }
const folder = mkdtempSync(join(tmpdir(), 'check-'))
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
let stack: Stack
let table: DynamoDBClient
let secrets: SecretsManagerClient
let sqs: SQSClient

beforeAll(async () => {
  stack = await startStack(
    readSettings({
      LOCAL_PORT: '0',
      LOCAL_ISSUER_PORT: '0',
      LOCAL_SIMULATOR_PORT: '0',
      LOCAL_SIMULATOR_CONTROL_PORT: '0',
      LOCAL_FUNCTION_LOG: join(folder, 'functions.log'),
      // The sweep would work on the items that the tests leave.
      LOCAL_SWEEP_EVERY_SECONDS: '3600',
    }),
  )
  const file = join(folder, 'stack.json')
  writeConnection(file, stack.connection)
  await enterTarget({ stage: undefined, connection: file })
  table = new DynamoDBClient({})
  secrets = new SecretsManagerClient({})
  sqs = new SQSClient({})
}, 60_000)

afterAll(async () => {
  await stack.stop()
  process.env = { ...before }
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

/** Runs all checks with a new connection, as each command line does. */
async function check(over: Partial<CheckSources> = {}, token?: string): Promise<Finding[]> {
  const gateway = connectGateway({ name: 'local', log: silent, stage: undefined })
  const sources = gateway.checkSources({ token: token ?? (await stack.tokenFor()), issuer: undefined })
  return runChecks({ ...sources, ...over }, { command: (words) => `ops ${words}`, progress: () => undefined })
}

const key = (pk: string, sk: string): Record<string, AttributeValue> => ({ pk: { S: pk }, sk: { S: sk } })
const put = async (item: Record<string, AttributeValue>) => {
  await table.send(new PutItemCommand({ TableName: process.env['TABLE_NAME'], Item: item }))
  return async () => {
    const { pk, sk } = item
    await table.send(new DeleteItemCommand({ TableName: process.env['TABLE_NAME'], Key: { pk: pk!, sk: sk! } }))
  }
}
const update = (at: Record<string, AttributeValue>, set: string, value: AttributeValue) =>
  table.send(
    new UpdateItemCommand({
      TableName: process.env['TABLE_NAME'],
      Key: at,
      UpdateExpression: `SET ${set} = :value`,
      ExpressionAttributeValues: { ':value': value },
    }),
  )

/** Replaces a secret, and returns how to restore it. */
async function replaceSecret(id: string | undefined, change: (text: string) => string) {
  const { SecretString: text = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: id }))
  await secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString: change(text) }))
  return async () => void (await secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString: text })))
}

/** Sets a variable of the gateway, and returns how to restore it. */
function setVariable(name: string, value: string) {
  const old = process.env[name]
  process.env[name] = value
  return async () => void (process.env[name] = old)
}

const deadLetter = async (name: string) => {
  const QueueUrl = process.env[name]
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))
  return async () => void (await sqs.send(new PurgeQueueCommand({ QueueUrl })))
}

/** Registers an address at the simulated ThingSpace, as another system would. */
async function registerListener(url: string) {
  const gateway = connectGateway({ name: 'local', log: silent, stage: undefined })
  const { simulator } = stack
  const listener = simulator?.listeners().find(({ serviceName }) => serviceName === 'CarrierService')
  const kept = { ...listener }
  if (listener !== undefined) Object.assign(listener, { url })
  return async () => {
    if (listener !== undefined) Object.assign(listener, kept)
    await (await gateway.listeners()).repair([account], { takeOver: true, by: 'operator:test' })
  }
}

const healthy = async () => (await check()).filter(({ state }) => state !== 'ok' && state !== 'unknown')

type Undo = () => Promise<unknown>
type Broken = {
  about: string
  name: string | RegExp
  state: Finding['state']
  breaks?: () => Undo | Promise<Undo>
  over?: () => Partial<CheckSources>
  token?: () => Promise<string>
}

const flowItem = (over: Record<string, AttributeValue>): Record<string, AttributeValue> => ({
  ...key('SESSION#default', 'FLOW'),
  entity: { S: 'flow' },
  itemVersion: { N: '1' },
  revision: { N: '1' },
  limit: { N: '10' },
  loweredAt: { N: String(Date.now()) },
  successes: { N: '0' },
  failures: { N: '1' },
  stops: { N: '0' },
  slots: { M: {} },
  ...over,
})
const itemOfLatch = key('SESSION#default', 'TOKENS')
const record = (service: string) => key(`LISTENER#${account}`, service)
const due = (dueAt: number) => ({
  ...key('REQ#lost', 'META'),
  dueBucket: { S: 'DUE#0' },
  dueAt: { N: String(dueAt) },
})

const states: readonly Broken[] = [
  {
    about: 'a secret that is not JSON',
    name: 'secret default',
    state: 'fail',
    breaks: () => replaceSecret(process.env['THINGSPACE_SECRET_ID'], () => 'to be set'),
  },
  {
    about: 'a secret without the credential set',
    name: 'secret default',
    state: 'fail',
    breaks: () => replaceSecret(process.env['THINGSPACE_SECRET_ID'], (text) => text.replace('"default"', '"other"')),
  },
  {
    about: 'a login that has failed once',
    name: 'latch default',
    state: 'warn',
    breaks: async () => {
      await update(itemOfLatch, 'failedLogins', { N: '1' })
      return () => update(itemOfLatch, 'failedLogins', { N: '0' })
    },
  },
  {
    about: 'a credential set whose calls have stopped',
    name: 'calls default',
    state: 'warn',
    breaks: () => put(flowItem({ limit: { N: '1' }, failures: { N: '7' }, stops: { N: '2' } })),
  },
  {
    about: 'a credential set for which ThingSpace asked to wait',
    name: 'calls default',
    state: 'warn',
    breaks: () =>
      put(flowItem({ pause: { M: { until: { N: String(Date.now() + 600_000) }, why: { S: 'retry-after' } } } })),
  },
  {
    about: 'an account whose orders are refused',
    name: `account ${account}`,
    state: 'fail',
    breaks: async () => {
      await update(record('DeviceProfileService'), 'known', { M: { state: { S: 'absent' }, at: { N: '1' } } })
      return () => update(record('DeviceProfileService'), 'known', { M: { state: { S: 'current' }, at: { N: '1' } } })
    },
  },
  {
    about: 'an account that keep-listener never checked',
    name: 'account 0000123456-00077',
    state: 'fail',
    breaks: () => setVariable('LISTENER_ACCOUNTS', `${account},0000123456-00077`),
  },
  {
    about: 'no account at all',
    name: 'accounts',
    state: 'fail',
    breaks: () => setVariable('LISTENER_ACCOUNTS', ''),
  },
  {
    about: 'keep-listener that has stopped',
    name: `account ${account}`,
    state: 'fail',
    breaks: async () => {
      await update(record('CarrierService'), 'checkedAt', { N: String(Date.now() - 4 * 3_600_000) })
      return () => update(record('CarrierService'), 'checkedAt', { N: String(Date.now()) })
    },
  },
  {
    about: "another system's registration",
    name: `listener ${account} CarrierService`,
    state: 'fail',
    breaks: () => registerListener('https://elsewhere.example/'),
  },
  {
    about: 'a listener password that should have been rotated',
    name: 'listener password',
    state: 'warn',
    breaks: () =>
      replaceSecret(process.env['LISTENER_SECRET_ID'], (text) =>
        JSON.stringify({ ...(JSON.parse(text) as object), rotatedAt: Date.now() - 60 * 86_400_000 }),
      ),
  },
  {
    about: 'an address that nobody serves',
    name: 'api',
    state: 'fail',
    breaks: () => setVariable('PUBLIC_URL', 'http://127.0.0.1:9'),
  },
  {
    about: 'a callback route with another secret part',
    name: 'callback endpoint',
    state: 'fail',
    breaks: () => replaceSecret(process.env['CALLBACK_SEGMENT_SECRET_ID'], () => 'another-segment'),
  },
  {
    about: 'a test callback that is never recorded',
    name: 'callback endpoint',
    state: 'fail',
    over: () => {
      let now = Date.now()
      return {
        clock: () => (now += 3000),
        store: () => new Proxy(storeOf(), withoutTests),
        sleep: async () => undefined,
      }
    },
  },
  {
    about: 'an issuer that cannot be reached',
    name: 'issuer',
    state: 'fail',
    breaks: () => setVariable('JWT_ISSUER', 'http://127.0.0.1:9'),
  },
  {
    about: 'a token that has expired',
    name: 'token',
    state: 'fail',
    token: () => stack.tokenFor({ lifetimeSeconds: -60 }),
  },
  {
    about: 'a token without the scope for reading',
    name: 'token',
    state: 'fail',
    token: () => stack.tokenFor({ scopes: ['profiles:write'] }),
  },
  {
    about: 'dead letters of callbacks',
    name: 'dead letters callbacks',
    state: 'fail',
    breaks: () => deadLetter('CALLBACKS_DEAD_LETTERS_URL'),
  },
  {
    about: 'dead letters of changes',
    name: 'dead letters changes',
    state: 'fail',
    breaks: () => deadLetter('CHANGES_DEAD_LETTERS_URL'),
  },
  {
    about: 'a sweep that has stopped',
    name: 'sweep',
    state: 'fail',
    breaks: () => put(due(Date.now() - 20 * 60_000)),
  },
  {
    about: 'a callback in quarantine',
    name: 'quarantine',
    state: 'warn',
    breaks: () =>
      put({
        ...key('QUARANTINE#3', '2026-11-29#digest'),
        accountName: { S: account },
        reason: { S: 'not-json' },
        raw: { S: 'x' },
        count: { N: '1' },
        receivedAt: { N: '1' },
        lastReceivedAt: { N: '1' },
      }),
  },
  {
    about: 'a table that does not exist',
    name: 'table',
    state: 'fail',
    breaks: () => setVariable('TABLE_NAME', 'nowhere'),
  },
  {
    about: 'a setting that is not valid',
    name: 'settings',
    state: 'fail',
    breaks: () => setVariable('LEASE_SECONDS', 'abc'),
  },
  {
    about: 'orders that are accepted although nothing comes back',
    name: 'unservedAccounts',
    state: 'warn',
    breaks: () => setVariable('UNSERVED_ACCOUNTS', 'accept'),
  },
  {
    about: 'a clock that is ten minutes wrong',
    name: 'clock of ThingSpace',
    state: 'fail',
    over: () => ({ clock: () => Date.now() + 600_000 }),
  },
]

const storeOf = () => connectGateway({ name: 'local', log: silent, stage: undefined }).store()
const withoutTests: ProxyHandler<ReturnType<typeof storeOf>> = {
  get: (target, name, receiver) =>
    name === 'readCallbackTest' ? async () => undefined : Reflect.get(target, name, receiver),
}

describe('ops check on the local stack', () => {
  test('finds nothing wrong with a healthy stack, and leaves nothing in quarantine', async () => {
    expect(await healthy()).toEqual([])
    expect(await check()).toContainEqual(
      expect.objectContaining({
        name: 'callback endpoint',
        state: 'ok',
        means: expect.stringContaining('recorded after'),
      }),
    )
  }, 30_000)

  test.each(states)(
    'finds $about',
    async ({ name, state, breaks, over, token }) => {
      const mend = await breaks?.()
      try {
        const found = await check(over?.(), await token?.())
        expect(found.filter((each) => each.state !== 'ok')).toContainEqual(expect.objectContaining({ name, state }))
        const bad = found.filter((each) => each.state === 'fail' || each.state === 'warn')
        expect(bad.filter(({ mend: command = '' }) => command === '')).toEqual([])
      } finally {
        await mend?.()
      }
    },
    40_000,
  )

  test('logs in once with a wrong password, so that the latch stays open', async () => {
    const logins = () => stack.simulator?.logins().length ?? 0
    const mend = await replaceSecret(process.env['THINGSPACE_SECRET_ID'], (text) =>
      text.replace(/"password":"[^"]*"/, '"password":"wrong"'),
    )
    await table.send(new DeleteItemCommand({ TableName: process.env['TABLE_NAME'], Key: itemOfLatch }))
    const earlier = logins()

    const first = await check()
    const second = await check()

    expect(first).toContainEqual(expect.objectContaining({ name: 'login default', state: 'fail' }))
    expect(second).toContainEqual(expect.objectContaining({ name: 'latch default', state: 'warn' }))
    expect(second).toContainEqual(expect.objectContaining({ name: 'login default', state: 'unknown' }))
    expect(logins() - earlier).toBe(1)
    await mend()
    await table.send(new DeleteItemCommand({ TableName: process.env['TABLE_NAME'], Key: itemOfLatch }))
  }, 40_000)

  test('does not blame the secret while ThingSpace has an outage', async () => {
    await stack.simulator?.setBadDays([{ kind: '503', calls: 'everything' }])
    const found = await check()
    await stack.simulator?.setBadDays([])
    const login = found.find(({ name }) => name === 'login default')
    expect(login).toMatchObject({ state: 'fail', means: expect.stringMatching(/: \w+ 503 Service Unavailable$/) })
    expect(login?.mend).toContain('an outage of ThingSpace')
    expect(login?.mend).not.toContain('secret')
  }, 40_000)

  test('finds nothing wrong after everything was mended', async () => {
    expect(await healthy()).toEqual([])
  }, 30_000)
})
