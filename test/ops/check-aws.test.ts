import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Finding } from '../../ops/check/finding.ts'
import { checkFunctions } from '../../ops/check/functions.ts'
import { checkMonitoring } from '../../ops/check/monitoring.ts'
import type { AwsSources, CheckSources } from '../../ops/check/sources.ts'
import { connectAwsSources, functionNames } from '../../ops/connect/aws-sources.ts'
import { deployment } from '../deployment.ts'
import { createWorld } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

/** A stage without faults, as AWS describes it. */
const good: AwsSources = {
  functionNames,
  readFunction: async (name) => ({
    name,
    state: 'Active',
    lastUpdate: 'Successful',
    modifiedAt: '2026-11-29T10:00:00.000+0000',
    runtime: 'nodejs24.x',
  }),
  listTriggers: async () => [{ id: 'uuid', state: 'Enabled', lastResult: 'OK' }],
  reservedConcurrency: async () => undefined,
  functionMetric: async () => 0,
  listAlarms: async () => [{ name: 'sweep-stopped', state: 'OK', reason: '' }],
  schedulesOf: async () => [{ rule: 'rule', isEnabled: true, rate: 'rate(1 minute)' }],
  logRetention: async () => 30,
}

async function check(over: Partial<AwsSources> = {}): Promise<Finding[]> {
  const sources = { aws: { ...good, ...over } } as CheckSources
  const command = (words: string) => words
  return [...(await checkFunctions(sources, command)), ...(await checkMonitoring(sources, command))]
}

const wrong = (found: readonly Finding[]) => found.filter(({ state }) => state !== 'ok')
const only =
  <Value>(affected: string, value: Value, otherwise: Value) =>
  async (name: string) =>
    name === affected ? value : otherwise
const denied = async () => {
  throw Object.assign(new Error('not authorised to perform it'), { name: 'AccessDeniedException' })
}

test('the functions that are checked are those of serverless.yml', () => {
  expect([...functionNames].toSorted()).toEqual(deployment.functions.map(({ name }) => name).toSorted())
})

describe('ops check of a deployed stage', () => {
  test('finds nothing wrong with a healthy stage', async () => {
    expect(wrong(await check())).toEqual([])
  })

  test.each<{ about: string; over: Partial<AwsSources>; name: string; state: Finding['state'] }>([
    {
      about: 'a function whose update failed',
      over: { readFunction: async (name) => ({ ...(await good.readFunction(name)), lastUpdate: 'Failed' }) },
      name: 'function sweep-due',
      state: 'fail',
    },
    {
      about: 'functions of two deployments',
      over: {
        readFunction: async (name) => ({
          ...(await good.readFunction(name)),
          ...(name === 'sweep-due' ? { modifiedAt: '2026-11-28T10:00:00.000+0000' } : {}),
        }),
      },
      name: 'deployment',
      state: 'warn',
    },
    {
      about: 'a trigger that is disabled',
      over: {
        listTriggers: only(
          'record-callbacks',
          [{ id: 'uuid', state: 'Disabled', lastResult: 'OK' }],
          [{ id: 'uuid', state: 'Enabled', lastResult: 'OK' }],
        ),
      },
      name: 'trigger record-callbacks',
      state: 'fail',
    },
    {
      about: 'a trigger that does not exist',
      over: { listTriggers: async () => [] },
      name: 'trigger project-changes',
      state: 'fail',
    },
    {
      about: 'a schedule that is disabled',
      over: { schedulesOf: async () => [{ rule: 'rule', isEnabled: false, rate: 'rate(1 minute)' }] },
      name: 'schedule sweep-due',
      state: 'fail',
    },
    {
      about: 'a reserved concurrency of nothing',
      over: { reservedConcurrency: only('submit-profile-action', 0, undefined) },
      name: 'function submit-profile-action',
      state: 'fail',
    },
    {
      about: 'failed invocations',
      over: { functionMetric: async (_name, metric) => (metric === 'Errors' ? 3 : 0) },
      name: 'function manage-request',
      state: 'warn',
    },
    {
      about: 'throttled invocations',
      over: { functionMetric: async (_name, metric) => (metric === 'Throttles' ? 3 : 0) },
      name: 'function query-requests',
      state: 'warn',
    },
    {
      about: 'a stream that lags',
      over: { functionMetric: async (_name, metric) => (metric === 'IteratorAge' ? 600_000 : 0) },
      name: 'stream lag',
      state: 'fail',
    },
    {
      about: 'an alarm that rings',
      over: { listAlarms: async () => [{ name: 'sweep-stopped', state: 'ALARM', reason: 'no data' }] },
      name: 'alarm sweep-stopped',
      state: 'fail',
    },
    { about: 'a stage without alarms', over: { listAlarms: async () => [] }, name: 'alarms', state: 'fail' },
    {
      about: 'a log that is kept for ever',
      over: { logRetention: only('sweep-due', undefined, 30) },
      name: 'log of sweep-due',
      state: 'warn',
    },
    {
      about: 'a log group that does not exist',
      over: { logRetention: async () => 'no-group' },
      name: 'log of describe-api',
      state: 'fail',
    },
    { about: 'a missing permission', over: { listAlarms: denied }, name: 'alarms', state: 'unknown' },
    {
      about: 'no permission for functions',
      over: { readFunction: denied },
      name: 'function keep-listener',
      state: 'unknown',
    },
  ])('finds $about', async ({ over, name, state }) => {
    expect(wrong(await check(over))).toContainEqual(expect.objectContaining({ name, state }))
  })
})

describe('ops check', () => {
  const world = createWorld()
  const sources = (over: Partial<CheckSources>) => () =>
    ({
      store: () => world.store,
      clock: world.now,
      sleep: async () => undefined,
      accounts: () => [],
      wrongSettings: () => [],
      unserved: () => 'accept',
      ...over,
    }) as CheckSources

  test('says aloud what it could not check, prints the commands and counts them', async () => {
    const { text, data, outcome } = await opsBench(world, { checkSources: sources({}) }).ops('check')

    expect(outcome).toBe('failed')
    expect(text).toContain('listenerAccounts is empty')
    expect(text).toContain('-> set listenerAccounts and deploy')
    expect(data).toMatchObject({ counts: { fail: 1, warn: 1 } })
    expect(text).toContain('unknown')
  })

  test('ends well with warnings and unknowns, unless --strict is given', async () => {
    const bench = opsBench(world, {
      checkSources: sources({
        accounts: () => {
          throw new Error('none')
        },
      }),
    })

    expect(await bench.ops('check')).toMatchObject({ outcome: 'done' })
    expect(await bench.ops('check --strict')).toMatchObject({ outcome: 'failed' })
  })
})

const before = { ...process.env }
const stops: (() => void)[] = []
afterEach(() => {
  process.env = { ...before }
  for (const stop of stops.splice(0)) stop()
})

test('the state of a stage is read from Lambda, for the names of its own functions', async () => {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    const answer = request.url?.includes('event-source-mappings')
      ? { EventSourceMappings: [{ UUID: 'uuid', State: 'Disabled', LastProcessingResult: 'PROBLEM' }] }
      : request.url?.includes('concurrency')
        ? { ReservedConcurrentExecutions: 7 }
        : { State: 'Active', LastUpdateStatus: 'Successful', LastModified: 'then', Runtime: 'nodejs24.x' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => server.close())
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
  })
  const aws = connectAwsSources('prod')

  expect(await aws.readFunction('sweep-due')).toEqual({
    name: 'sweep-due',
    state: 'Active',
    lastUpdate: 'Successful',
    modifiedAt: 'then',
    runtime: 'nodejs24.x',
  })
  expect(await aws.listTriggers('record-callbacks')).toEqual([{ id: 'uuid', state: 'Disabled', lastResult: 'PROBLEM' }])
  expect(await aws.reservedConcurrency('sweep-due')).toBe(7)
  expect(paths.every((path) => path.includes('thingspace-profile-gateway-prod-'))).toBe(true)
})
