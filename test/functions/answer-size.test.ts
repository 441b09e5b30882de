import { beforeAll, describe, expect, test } from 'vitest'
import { createHandler } from '../../functions/query-requests.ts'
import { mostAnswerBytes } from '../../lib/http/answer-size.ts'
import type { DeviceView } from '../../lib/profile/status/device-view.ts'
import type { Device } from '../../lib/profile/order/identifiers.ts'
import { anAccess, aSetting, apiEvent, context, imeiOf } from '../builders.ts'
import { aStore } from '../lib/http/requests/stored-requests.ts'
import { aCallback, aDevice, aRequest, hour, minute, noon, submitted } from '../lib/profile/records.ts'

/** The largest response that Lambda accepts from a function, as JSON. */
const lambdaBytes = 6 * 1024 * 1024
/** The longest text that a callback leaves in a result, with characters that grow in JSON. */
const longText = 'a "quoted" line\n\u{1f4f1}\u0001'.repeat(100).slice(0, 1000)

const { store, record } = aStore()
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const handler = createHandler({
  store,
  clock: () => noon + hour,
  access: anAccess(),
  settings: aSetting(),
  sleep: async () => undefined,
  log: silent,
})

const threeIds = (index: number): Device => [...aDevice(index), { kind: 'imei', id: imeiOf(index) }]
const bulk = aRequest({ requestId: 'bulk', deviceCount: 10_000, devicesPerSubmission: 1000 })
const wordy = aRequest({ requestId: 'wordy', deviceCount: 1200, devicesPerSubmission: 100 })

/** Stores a request whose devices have all failed. */
async function recordFailed(request: typeof bulk, message: string): Promise<void> {
  const { requestId, deviceCount, devicesPerSubmission: each } = request
  const upstreamOf = (position: number) => `upstream-${requestId}-${Math.floor(position / each) * each}`
  await record(request, {
    devices: Array.from({ length: deviceCount }, (_, index) => threeIds(index)),
    submissions: Array.from({ length: deviceCount / each }, (_, index) =>
      submitted({ submission: index * each, upstreamRequestIds: [upstreamOf(index * each)] }, request),
    ),
  })
  for (let position = 0; position < deviceCount; position += 1) {
    await store.recordResult(
      aCallback({
        upstreamRequestId: upstreamOf(position),
        identifiers: [...threeIds(position)],
        verdict: 'failed',
        status: 'FAILED',
        note: message,
        state: message,
        fault: { code: 'REQUEST_FAILED', message },
        euicc: { status: 'FAILED', code: '8.1', description: message },
      }),
      { accountName: request.accountName, receivedAt: noon + minute },
    )
  }
}

beforeAll(async () => {
  await recordFailed(bulk, 'the device did not answer')
  await recordFailed(wordy, longText)
}, 120_000)

async function get(url: string, accept: string) {
  const { pathname, searchParams } = new URL(url, 'https://gateway.test')
  const [, , , requestId = ''] = pathname.split('/')
  const event = apiEvent({
    route: 'GET /v1/requests/{requestId}/devices',
    path: { requestId },
    query: Object.fromEntries(searchParams),
    headers: { accept },
  })
  const answer = await handler(event, context)
  expect(answer.statusCode).toBe(200)
  const bytes = Buffer.byteLength(JSON.stringify(answer))
  const next = /^<(.*)>; rel="next"$/.exec(String(answer.headers?.['link'] ?? ''))?.[1]
  const body = answer.body ?? ''
  const isJson = accept === 'application/json'
  // CSV and NDJSON have the next page only in the `Link` header.
  const cursor = isJson ? (JSON.parse(body) as { nextCursor: string | null }).nextCursor : (next ?? null)
  return { body, bytes, next, cursor }
}

const formats = {
  'application/json': (body: string) => (JSON.parse(body) as { items: DeviceView[] }).items,
  'application/x-ndjson': (body: string) =>
    body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as DeviceView),
  'text/csv': (body: string) =>
    body
      .split('\r\n')
      .slice(1, -1)
      .map((line) => ({ position: Number(line.split(',')[0]) })),
}

const full = 0.9 * mostAnswerBytes

describe.each([
  ['10,000 devices with three identifiers', bulk, (accept: string) => (accept === 'application/x-ndjson' ? full : 0)],
  [
    'devices whose results are as long as results can be',
    wordy,
    (accept: string) => (accept === 'text/csv' ? 0 : full),
  ],
])('a page of %s', (_name, request, atLeast) => {
  test.each(Object.entries(formats))(
    'in %s fits into a Lambda response, and the pages contain every device once',
    async (accept, rowsOf) => {
      const positions: number[] = []
      let largest = 0
      let url: string | undefined = `/v1/requests/${request.requestId}/devices?limit=10000`
      while (url !== undefined) {
        const page = await get(url, accept)
        expect(page.bytes).toBeLessThan(lambdaBytes)
        expect(page.cursor === null).toBe(page.next === undefined)
        largest = Math.max(largest, page.bytes)
        positions.push(...rowsOf(page.body).map(({ position }) => position))
        url = page.next
      }
      expect(positions).toEqual(Array.from({ length: request.deviceCount }, (_, position) => position))
      // Pages that may be large use the space.
      expect(largest).toBeGreaterThan(atLeast(accept))
    },
  )
})

test('a page of devices that was cut by its size continues in the next page with the same filter', async () => {
  const first = await get('/v1/requests/wordy/devices?limit=10000&status=failed', 'application/x-ndjson')
  const next = new URL(first.next ?? '', 'https://gateway.test').searchParams
  expect(next.get('status')).toBe('failed')
  expect(next.get('limit')).toBe('10000')
  const rows = formats['application/x-ndjson'](first.body)
  const following = await get(first.next ?? '', 'application/x-ndjson')
  expect(formats['application/x-ndjson'](following.body)[0]?.position).toBe((rows.at(-1)?.position ?? 0) + 1)
})

test('a page of requests with the longest names fits into a Lambda response', async () => {
  // A token, and therefore a caller's name, has at most 10 KB: API Gateway accepts no more headers.
  const accountName = '\u20ac'.repeat(64)
  for (let index = 0; index < 100; index += 1) {
    const request = aRequest({
      requestId: `long-${index}`,
      accountName,
      cancelledAt: noon,
      cancelledBy: '"'.repeat(10_240),
    })
    await store.createRequest({ request, parts: [] })
  }
  const event = apiEvent({ route: 'GET /v1/requests', query: { accountName, limit: '100' } })
  const answer = await handler(event, context)
  expect((JSON.parse(answer.body ?? '') as { items: unknown[] }).items).toHaveLength(100)
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(lambdaBytes)
})

test('the pages of a device history fit into Lambda responses and contain every request once', async () => {
  const text = '\u{1f4f1}"'.repeat(10_000)
  for (let index = 0; index < 100; index += 1) {
    const request = aRequest({ requestId: `history-${index}`, createdAt: noon + index })
    const upstreamRequestId = `upstream-history-${index}`
    await record(request, {
      devices: [[{ kind: 'imei', id: imeiOf(77_777) }]],
      submissions: [submitted({ upstreamRequestIds: [upstreamRequestId] }, request)],
    })
    await store.recordResult(
      aCallback({
        upstreamRequestId,
        identifiers: [{ kind: 'imei', id: imeiOf(77_777) }],
        verdict: 'failed',
        note: text,
      }),
      { accountName: request.accountName, receivedAt: noon + minute },
    )
  }
  const seen: string[] = []
  const sizes: number[] = []
  let cursor: string | null = null
  do {
    const answer = await handler(
      apiEvent({
        route: 'GET /v1/devices/{kind}/{id}/requests',
        path: { kind: 'imei', id: imeiOf(77_777) },
        query: { limit: '100', ...(cursor === null ? {} : { cursor }) },
      }),
      context,
    )
    sizes.push(Buffer.byteLength(JSON.stringify(answer)))
    const page = JSON.parse(answer.body ?? '') as {
      items: { request: { requestId: string } }[]
      nextCursor: string | null
    }
    seen.push(...page.items.map(({ request }) => request.requestId))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(Math.max(...sizes)).toBeLessThan(lambdaBytes)
  expect(Math.max(...sizes)).toBeGreaterThan(full)
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => `history-${99 - index}`))
})
