import { once } from 'node:events'
import { createServer, get, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { functionServer } from '../../local/http-api/function-route.ts'
import { type RunningHttpApi, startHttpApi } from '../../local/http-api/server.ts'
import { lambdaFunction } from '../../local/lambda/function.ts'
import type { Handler } from '../../local/lambda/load-handler.ts'
import { eventLimitBytes, fittingIntoEvent } from '../../local/lambda/payload.ts'
import type { TraceLine } from '../../local/trace.ts'
import { aDefinition, noLogs, region, until } from './builders.ts'

const lines: TraceLine[] = []
const reasons = () => lines.flatMap((line) => ('reason' in line ? [`${line.name}: ${line.reason}`] : []))
let api: RunningHttpApi | undefined

beforeEach(() => void (lines.length = 0))
afterEach(async () => {
  await api?.stop()
  api = undefined
})

const invokeOf = (handler: Handler, timeout = 5) =>
  lambdaFunction({
    definition: aDefinition({ timeout }),
    handler,
    place: { service: 'gateway', stage: 'test', region },
    logs: noLogs,
    onFailure: (name, reason) => lines.push({ kind: 'failure', name, reason }),
  })

const serving = async (handler: Handler, integrationMs?: number): Promise<string> => {
  api = await startHttpApi({ port: 0, trace: (line) => lines.push(line) })
  const serve = functionServer(invokeOf(handler), region, integrationMs)
  api.serve([
    { method: 'GET', path: '/here', serve },
    { method: 'POST', path: '/here', serve },
  ])
  return `${api.url}/here`
}

describe('the local HTTP API', () => {
  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const request = get(url, { headers, agent: false })
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
    let text = ''
    for await (const chunk of response) text += String(chunk)
    return [response.statusCode, text]
  }
  const bytesOf = (url: string) =>
    `GET ${new URL(url).pathname} HTTP/1.1`.length + new URL(url).host.length + 'close'.length

  test('accepts 10,240 bytes of request line and header values, and answers 431 to one byte more', async () => {
    const url = await serving(() => 'fine')
    const room = 10_240 - bytesOf(url)

    expect(await ask(url, { 'x-long': 'x'.repeat(room) })).toEqual([200, 'fine'])
    expect(reasons()).toEqual([])
    expect(await ask(url, { 'x-long': 'x'.repeat(room + 1) })).toEqual([
      431,
      '{"message":"Request Header Fields Too Large"}',
    ])
    expect(reasons()).toEqual([
      'HTTP API answered 431: request line and header values have 10241 bytes; an HTTP API accepts 10240',
    ])
  })

  test('answers 414 to a URL that is too long by itself', async () => {
    const url = await serving(() => 'fine')

    expect(await ask(`${url}?q=${'x'.repeat(11_000)}`)).toEqual([414, '{"message":"URI Too Long"}'])
    expect(reasons()).toHaveLength(1)
  })

  test('reads a head of 200 KB to its end before refusing it', async () => {
    const url = await serving(() => 'fine')

    expect((await ask(url, { 'x-long': 'x'.repeat(200_000) }))[0]).toBe(431)
  })

  test.each([
    ['10 MB', 10 * 1024 * 1024 + 1, 'the body has more than 10485760 bytes'],
    ['an event of 6 MB', eventLimitBytes, 'Lambda accepts 6291456'],
  ])('answers 413 to a body above %s, with a line in the log', async (_limit, size, why) => {
    const url = await serving(() => 'fine')
    const headers = { 'content-type': 'text/plain' }

    const response = await fetch(url, { method: 'POST', headers, body: 'x'.repeat(size) })

    expect([response.status, await response.text()]).toEqual([413, '{"message":"Request Entity Too Large"}'])
    expect(reasons()).toEqual([expect.stringContaining(why)])
  })

  test('answers 500 to a response of 7.1 MB, with its size in the log', async () => {
    const url = await serving(() => ({ statusCode: 200, body: 'x'.repeat(7_100_000) }))

    expect(await ask(url)).toEqual([500, '{"message":"Internal Server Error"}'])
    expect(reasons()).toEqual([
      'under-test: Function.ResponseSizeTooLarge: the result has 7100028 bytes; Lambda allows 6291556',
    ])
  })

  test('accepts a response of 6,291,556 bytes as JSON, and not one byte more', async () => {
    let size = 6_291_556 - JSON.stringify({ statusCode: 200, body: '' }).length
    const url = await serving(() => ({ statusCode: 200, body: 'x'.repeat(size) }))

    expect((await ask(url))[0]).toBe(200)
    size += 1
    expect((await ask(url))[0]).toBe(500)
  })

  test('counts a quotation mark in a response as the two bytes of its JSON', async () => {
    const url = await serving(() => ({ statusCode: 200, body: '"'.repeat(3_200_000) }))

    expect((await ask(url))[0]).toBe(500)
  })

  test('answers 503 when the function takes too long, with a line in the log', async () => {
    const url = await serving(async () => sleep(300), 50)

    expect(await ask(url)).toEqual([503, '{"message":"Service Unavailable"}'])
    expect(reasons()).toEqual(['HTTP API answered 503: the function did not answer within 0.05 seconds'])
  })
})

describe('a function that runs out of time', () => {
  let other: Server
  let port: number
  const seen: string[] = []
  const brokenOff: string[] = []

  beforeEach(async () => {
    seen.length = brokenOff.length = 0
    other = createServer((request, response) => {
      seen.push(request.url ?? '')
      response.once('close', () => !response.writableEnded && brokenOff.push(request.url ?? ''))
      if (request.url === '/in-time') setTimeout(() => response.end(), 300)
    })
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    port = (other.address() as { port: number }).port
  })
  afterEach(() => void other.close())

  const call = async (path: string) => once(get({ port, path, agent: false }), 'response')

  test('fails, its open calls are aborted, and it makes no more calls', async () => {
    const errors: unknown[] = []
    const invoke = invokeOf(async () => {
      await call('/under-way').catch((error: unknown) => errors.push(error))
      await call('/afterwards').catch((error: unknown) => errors.push(error))
    }, 0.2)

    const outcome = await invoke({})

    expect(outcome).toEqual({ kind: 'failed', reason: 'Sandbox.Timedout: Task timed out after 0.20 seconds' })
    await until(() => brokenOff.length > 0 && errors.length === 2)
    expect(seen).toEqual(['/under-way'])
    expect(String(errors[1])).toContain('has timed out')
    expect(reasons()).toEqual(['under-test: Sandbox.Timedout: Task timed out after 0.20 seconds'])
  })

  test('does not affect the calls of another invocation', async () => {
    const late = invokeOf(async () => call('/late'), 0.1)
    const inTime = invokeOf(async () => void (await call('/in-time')), 5)

    const [first, second] = [late({}), inTime({})]

    expect((await first).kind).toBe('failed')
    expect((await second).kind).toBe('returned')
    expect(brokenOff).toEqual(['/late'])
  })
})

describe('an event for a function', () => {
  test('of more than 6,291,456 bytes does not reach the function', async () => {
    let reached = 0
    const invoke = invokeOf(() => void (reached += 1))
    const bytes = JSON.stringify({ text: '' }).length

    await invoke({ text: 'x'.repeat(eventLimitBytes - bytes) })
    const outcome = await invoke({ text: 'x'.repeat(eventLimitBytes - bytes + 1) })

    expect(reached).toBe(1)
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('6291457 bytes') })
  })

  test('contains as many records as fit, at least one, in their order', () => {
    const records = Array.from({ length: 10 }, (_, index) => ({ index, body: 'x'.repeat(1_000_000) }))

    expect(fittingIntoEvent(records).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5])
    expect(fittingIntoEvent([{ body: 'x'.repeat(7_000_000) }, { body: 'small' }])).toHaveLength(1)
    expect(fittingIntoEvent([])).toEqual([])
  })

  test('is filled to the last byte', () => {
    const overhead = JSON.stringify({ Records: ['', ''] }).length
    const records = (bytes: number) => ['x'.repeat(1_000_000), 'x'.repeat(bytes - 1_000_000 - overhead)]

    expect(fittingIntoEvent(records(eventLimitBytes))).toHaveLength(2)
    expect(fittingIntoEvent(records(eventLimitBytes + 1))).toHaveLength(1)
  })
})
