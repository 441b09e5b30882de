import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

// Types of the client need its generated file, which only a build writes. packed-client.test.ts checks them.
const entry = join(import.meta.dirname, '../../client/source/index.ts')
const { connectGateway, GatewayProblem, NoAnswer, UnexpectedAnswer } = await import(entry)

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => vi.useRealTimers())

type Sent = { url: string; method: string; headers: Headers; at: number }
type Step = Response | Error | ((sent: Sent) => Response | Promise<Response>)

/** A gateway that answers the calls by a script, with the calls that it got. */
function scripted(steps: readonly Step[], options: { token?: (asked: { refused: boolean }) => string } = {}) {
  const sent: Sent[] = []
  const left = [...steps]
  const fetch: typeof globalThis.fetch = async (url, { method = 'GET', headers } = {}) => {
    const call = { url: url as string, method, headers: new Headers(headers), at: Date.now() }
    sent.push(call)
    const step = left.shift()
    if (step === undefined) throw new Error('the script has ended')
    if (step instanceof Error) throw step
    return typeof step === 'function' ? step(call) : step
  }
  const gateway = connectGateway({ baseUrl: 'https://gateway.example/stage/', token: 'first', fetch, ...options })
  return { gateway, sent }
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })
const problem = (code: string, status: number, headers: Record<string, string> = {}) =>
  json({ code, status, detail: 'what is wrong', retryable: status >= 500 }, status, headers)

/** The value or the error of a call, after all its pauses. */
async function settled<Value>(call: Promise<Value>): Promise<Value | Error> {
  const outcome = call.catch((error: Error) => error)
  await vi.runAllTimersAsync()
  return outcome
}

const body = { accountName: 'a', smsrOid: '1.2.3', devices: [{ deviceIds: [{ kind: 'eid' as const, id: '1' }] }] }
const requestId = 'r1'
const open = (etag: string, next: unknown = { what: 'results' }) =>
  json({ requestId, final: false, status: 'submitted', next }, 200, { etag, 'retry-after': '5' })
const final = () => json({ requestId, final: true, status: 'succeeded', next: null }, 200, { etag: '"f"' })

test('an order keeps one idempotency key over lost answers, 503 and 500', async () => {
  const { gateway, sent } = scripted([
    new TypeError('fetch failed'),
    problem('not-stored', 503, { 'retry-after': '2' }),
    json({ message: 'Internal Server Error' }, 500),
    json({ requestId }, 202, { 'idempotent-replayed': 'true' }),
  ])
  const ordered = await settled(gateway.order('enable', body))
  const keys = new Set(sent.map(({ headers }) => headers.get('idempotency-key')))
  expect([...keys]).toEqual([expect.stringMatching(/^[\w-]{36}$/)])
  expect(ordered).toEqual({ request: { requestId }, idempotencyKey: [...keys][0], replayed: true })
  expect(sent[2]!.at - sent[1]!.at).toBeGreaterThanOrEqual(2_000)
  expect(sent[2]!.at - sent[1]!.at).toBeLessThanOrEqual(2_400)
})

test('an order that is never answered tells its key', async () => {
  const { gateway, sent } = scripted(Array.from({ length: 5 }, () => new TypeError('fetch failed')))
  const failure = await settled(gateway.order('enable', body, { idempotencyKey: 'order-4711' }))
  expect(failure).toBeInstanceOf(NoAnswer)
  expect(failure).toMatchObject({ kind: 'no-answer', timedOut: false, idempotencyKey: 'order-4711' })
  expect(sent).toHaveLength(5)
})

test.each([
  ['a lost answer', new TypeError('fetch failed')],
  ['503', problem('not-finished', 503, { 'retry-after': '1' })],
])('a decision without a key is not repeated after %s', async (_, step) => {
  const { gateway, sent } = scripted([step, final()])
  expect(await settled(gateway.post('/v1/requests/{requestId}/retry', { path: { requestId } }))).toBeInstanceOf(Error)
  expect(sent).toHaveLength(1)
})

test('a decision without a key is repeated after 429, because the gateway has not seen it', async () => {
  const { gateway, sent } = scripted([json({ message: 'Too Many Requests' }, 429), final()])
  const decided = await settled(gateway.post('/v1/requests/{requestId}/retry', { path: { requestId } }))
  expect(decided).toMatchObject({ final: true })
  expect(sent).toHaveLength(2)
})

test('a refusal is a problem that is not repeated', async () => {
  const { gateway, sent } = scripted([problem('idempotency-key-reused', 422)])
  const failure = await settled(gateway.order('enable', body))
  expect(failure).toBeInstanceOf(GatewayProblem)
  expect(failure).toMatchObject({ code: 'idempotency-key-reused', status: 422, retryable: false })
  expect(sent).toHaveLength(1)
})

test('a Retry-After beyond the longest pause ends the call at once', async () => {
  const { gateway, sent } = scripted([json({ message: 'busy' }, 503, { 'retry-after': '61' }), final()])
  expect(await settled(gateway.get('/v1/requests/{requestId}', { path: { requestId } }))).toBeInstanceOf(
    UnexpectedAnswer,
  )
  expect(sent).toHaveLength(1)
})

test('a refused token is asked for anew once', async () => {
  const asked: boolean[] = []
  const token = ({ refused }: { refused: boolean }) => {
    asked.push(refused)
    return refused ? 'second' : 'first'
  }
  const refusal = () => json({ message: 'Unauthorized' }, 401)
  const { gateway, sent } = scripted([refusal(), final(), refusal(), refusal()], { token })
  await settled(gateway.get('/v1/requests/{requestId}', { path: { requestId } }))
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer first', 'Bearer second'])
  expect(await settled(gateway.get('/health'))).toMatchObject({ kind: 'unexpected-answer', status: 401 })
  expect(asked).toEqual([false, true, false, true])
})

test('an abort ends the pause before a repeat, with the reason of the signal', async () => {
  const controller = new AbortController()
  const { gateway, sent } = scripted([json({}, 503, { 'retry-after': '30' }), final()])
  const call = gateway.get('/v1/requests/{requestId}', { path: { requestId }, signal: controller.signal })
  const outcome = call.catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(1_000)
  controller.abort(new Error('closed'))
  expect(await outcome).toEqual(new Error('closed'))
  expect(sent).toHaveLength(1)
})

test('an attempt without an answer ends at its time-out', async () => {
  vi.useRealTimers()
  const hang = (_: unknown, { signal }: RequestInit = {}) =>
    new Promise<Response>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
  const gateway = connectGateway({ baseUrl: 'https://a.example', token: 't', attempts: 1, timeoutMs: 20, fetch: hang })
  const failure: unknown = await gateway.get('/health').catch((error: unknown) => error)
  expect(failure).toMatchObject({ kind: 'no-answer', timedOut: true })
})

test('a list is read page by page with the same filters, and only as far as it is needed', async () => {
  const page = (ids: string[], nextCursor: string | null) => () =>
    json({ items: ids.map((id) => ({ requestId: id })), nextCursor })
  const { gateway, sent } = scripted([page(['a', 'b'], 'c 1'), page([], 'c2'), page(['c'], null), page(['d'], 'c3')])
  const ids: string[] = []
  for await (const item of gateway.items('/v1/requests', { query: { status: 'failed' } })) ids.push(item.requestId)
  expect(ids).toEqual(['a', 'b', 'c'])
  for await (const _ of gateway.items('/v1/requests')) break
  expect(sent.map(({ url }) => url.replace('https://gateway.example/stage/v1/requests', ''))).toEqual([
    '?status=failed',
    '?status=failed&cursor=c+1',
    '?status=failed&cursor=c2',
    '',
  ])
})

test('a path parameter is encoded', async () => {
  const { gateway, sent } = scripted([json({ items: [] })])
  await settled(gateway.get('/v1/devices/{kind}/{id}/requests', { path: { kind: 'iccid', id: '1/../2' } }))
  expect(sent[0]!.url).toContain('/v1/devices/iccid/1%2F..%2F2/requests')
})

test('waiting falls back to Retry-After and ETag if the gateway does not know waitSeconds', async () => {
  const unchanged = () => new Response(null, { status: 304, headers: { etag: '"a"', 'retry-after': '7' } })
  const { gateway, sent } = scripted([open('"a"'), problem('invalid-parameter', 400), unchanged, final])
  const changes: string[] = []
  const waited = await settled(
    gateway.waitForFinal(requestId, { onChange: ({ status }: { status: string }) => changes.push(status) }),
  )
  expect(waited).toMatchObject({ outcome: 'final' })
  expect(changes).toEqual(['submitted', 'succeeded'])
  expect(sent.map(({ url }) => new URL(url).search)).toEqual(['', '?waitSeconds=20', '', ''])
  expect(sent.map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"a"', '"a"', '"a"'])
  expect(sent[3]!.at - sent[2]!.at).toBe(7_000)
})

test('waiting holds calls without a pause where the gateway can hold them', async () => {
  const held = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20_000))
    return new Response(null, { status: 304, headers: { 'retry-after': '5' } })
  }
  const { gateway, sent } = scripted([open('"a"'), held, () => open('"b"'), final])
  expect(await settled(gateway.waitForFinal(requestId))).toMatchObject({ outcome: 'final' })
  expect(sent.map(({ at }) => at - sent[0]!.at)).toEqual([0, 0, 20_000, 21_000])
})

test('waiting does not spin if the gateway answers at once that nothing changed', async () => {
  const unchanged = () => new Response(null, { status: 304, headers: { 'retry-after': '5' } })
  const { gateway, sent } = scripted([open('"a"'), unchanged, unchanged, final])
  await settled(gateway.waitForFinal(requestId))
  expect(sent[3]!.at - sent[1]!.at).toBe(10_000)
})

test('waiting ends at a decision and at its time-out', async () => {
  const undecided = scripted([open('"a"', { what: 'decision' })])
  expect(await settled(undecided.gateway.waitForFinal(requestId))).toMatchObject({ outcome: 'needs-decision' })
  const slow = scripted([open('"a"'), problem('invalid-parameter', 400), () => open('"b"'), () => open('"c"')])
  expect(await settled(slow.gateway.waitForFinal(requestId, { timeoutMs: 9_000 }))).toMatchObject({
    outcome: 'timed-out',
  })
  expect(slow.sent).toHaveLength(4)
})
