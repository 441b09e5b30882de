import { beforeAll, describe, expect, test } from 'vitest'
import { sealCursor } from '../../lib/http/page-cursor.ts'
import { account, eidOf, localBody } from '../builders.ts'
import { type Answer, createWorld } from '../fakes/world.ts'

const world = createWorld()
let requestId = ''
beforeAll(async () => {
  requestId = (await world.order('enable', localBody())).requestId
})

const hostile = {
  '3,000 characters': 'a'.repeat(3000),
  '3,000 digits': '1'.repeat(3000),
  '3,000 emoji': '\u{1f4f1}'.repeat(1500),
  'control characters': '\u0000\u0007\u001b[31m\r\n',
  'half of a surrogate pair': 'a\ud83d',
  'an emoji': '\u{1f4f1}',
  'an empty text': '',
  'a prototype name': '__proto__',
  'U+FFFF': '\uffff',
}

type Problem = { code: string; detail: string; errors?: { pointer: string }[] }

/** A refusal must be 4xx, short, and after one read of the table at most. */
const refused = { status: 'refused', says: expect.stringMatching(/\S/) as string, isShort: true, reads: 'few' }

/** A problem quotes well-formed text of at most 1,000 characters. */
const pointerTo = (name: string): string => `?${name}`.slice(0, 1000).toWellFormed()

/** The main parts of a refusal. `pointers` are the parameters that it names. */
async function outcomeOf(call: () => Promise<Answer>) {
  const before = world.meter().readUnits
  const answer = await call()
  const { detail, errors = [] } = answer.body as Partial<Problem>
  return {
    status: answer.status >= 400 && answer.status < 500 ? 'refused' : answer.status,
    says: detail,
    isShort: JSON.stringify(answer).length < 10_000,
    reads: world.meter().readUnits - before <= 1 ? 'few' : 'many',
    pointers: errors.map(({ pointer }) => pointer),
  }
}

describe.each(Object.entries(hostile))('hostile input (%s)', (_name, text) => {
  test.each(['/v1/requests/{requestId}', '/v1/requests/{requestId}/devices'])(
    'as the request id of GET %s is not found, without a query',
    async (route) => {
      const reads = world.meter().readUnits
      const answer = await world.get(route, { path: { requestId: text } })
      expect(answer).toMatchObject({ status: 404, body: { code: 'not-found', retryable: false } })
      // A text that could be an id is looked up once.
      expect(world.meter().readUnits - reads).toBe(/^[\w-]{1,64}$/.test(text) ? 1 : 0)
    },
  )

  test.each(['retry', 'cancel'] as const)('as the request id of POST /%s is not found', async (what) => {
    expect((await world.decide(what, text)).status).toBe(404)
  })

  test('as the action of an order is unknown', async () => {
    expect((await world.submit(text, localBody())).status).toBe(404)
  })

  test.each(['action', 'status', 'createdAfter', 'createdBefore', 'limit', 'cursor', text])(
    'as the parameter %s of a list is refused',
    async (name) => {
      const query = { accountName: account, [name]: text }
      expect(await outcomeOf(() => world.get('/v1/requests', { query }))).toMatchObject({
        ...refused,
        pointers: [pointerTo(name)],
      })
    },
  )

  test('as the account of a list is refused or has no requests', async () => {
    const answer = await world.get('/v1/requests', { query: { accountName: text } })
    // An order accepts these too, because ThingSpace's account names follow no pattern.
    const isName = ['\u{1f4f1}', '__proto__', '\uffff'].includes(text)
    expect(answer).toMatchObject(
      isName ? { status: 200, body: { items: [] } } : { status: 400, body: { errors: [{ pointer: '?accountName' }] } },
    )
  })

  test.each(['status', 'limit', 'cursor', text])('as the parameter %s of a device page is refused', async (name) => {
    const query = { [name]: text }
    const route = '/v1/requests/{requestId}/devices'
    expect(await outcomeOf(() => world.get(route, { path: { requestId }, query }))).toMatchObject({
      ...refused,
      pointers: [pointerTo(name)],
    })
  })

  test('as a kind or an id of a device is refused', async () => {
    const route = '/v1/devices/{kind}/{id}/requests'
    expect(await outcomeOf(() => world.get(route, { path: { kind: text, id: eidOf(1) } }))).toMatchObject(refused)
    for (const kind of ['eid', 'iccid', 'imei', 'mdn', 'msisdn', 'min', 'meid', 'esn', 'imsi']) {
      expect(await outcomeOf(() => world.get(route, { path: { kind, id: text } }))).toMatchObject(refused)
    }
  })

  test.each(['limit', 'cursor', text])('as the parameter %s of a device history is refused', async (name) => {
    const path = { kind: 'eid', id: eidOf(1) }
    const query = { [name]: text }
    expect(await outcomeOf(() => world.get('/v1/devices/{kind}/{id}/requests', { path, query }))).toMatchObject(refused)
  })

  test('in the headers of a read has no effect', async () => {
    const headers = { accept: text, 'if-none-match': text }
    const shown = await world.get('/v1/requests/{requestId}', { path: { requestId }, headers })
    expect(shown.status).toBe(200)
    const devices = await world.get('/v1/requests/{requestId}/devices', { path: { requestId }, headers })
    expect([200, 406]).toContain(devices.status)
  })

  test('as a forged position in a cursor is refused', async () => {
    const lists: [
      string,
      { path?: Record<string, string>; query?: Record<string, string> },
      Record<string, unknown>,
    ][] = [
      ['/v1/requests', { query: { accountName: account } }, { accountName: account }],
      ['/v1/requests/{requestId}/devices', { path: { requestId } }, { devicesOf: requestId, status: undefined }],
      [
        '/v1/devices/{kind}/{id}/requests',
        { path: { kind: 'eid', id: eidOf(1) } },
        { historyOf: { kind: 'eid', id: eidOf(1) } },
      ],
    ]
    for (const [route, call, of] of lists) {
      const query = { ...call.query, cursor: sealCursor(text.slice(0, 200), of) }
      expect(await outcomeOf(() => world.get(route, { ...call, query }))).toMatchObject({
        ...refused,
        pointers: ['?cursor'],
      })
    }
  })
})

describe('a date filter of a list', () => {
  test.each([
    { createdAfter: '9999-12-31T23:59:59Z' },
    { createdAfter: '9999-01-01T00:00:00Z', createdBefore: '9999-12-31T23:59:59.999Z' },
    { createdBefore: '0000-01-01T00:00:00Z' },
  ])('may be as extreme as %o', async (query) => {
    expect(await world.get('/v1/requests', { query: { accountName: account, ...query } })).toMatchObject({
      status: 200,
      body: { items: [], nextCursor: null },
    })
  })

  test.each([{ createdBefore: '9999-12-31T23:59:59-23:59' }, { createdAfter: '0000-01-01T00:00:00+23:59' }])(
    'outside the years 0 to 9999 is refused: %o',
    async (query) => {
      const [name] = Object.keys(query)
      expect(await world.get('/v1/requests', { query: { accountName: account, ...query } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: `?${name}` }] },
      })
    },
  )

  test('excludes requests outside its range even with a forged cursor', async () => {
    const createdAfter = '2026-01-01T00:00:00Z'
    const of = { accountName: account, createdAfter: Date.parse(createdAfter) }
    const cursor = sealCursor('2025-01-01T00:00:00.000Z#request-1', of)
    expect(await world.get('/v1/requests', { query: { accountName: account, createdAfter, cursor } })).toMatchObject({
      status: 200,
      body: { items: [], nextCursor: null },
    })
  })
})

describe('a body with thousands of errors', () => {
  const manyWrong = { submissions: Array.from({ length: 5000 }, () => 'x'.repeat(100)) }
  test.each([
    ['names of five thousand wrong submissions', manyWrong],
    ['a member name of 100,000 characters', { ['k'.repeat(100_000)]: 1 }],
    ['more submissions than an order can have', { submissions: Array.from({ length: 10_001 }, (_, at) => at) }],
  ])('is refused with a short response: %s', async (_name, body) => {
    const answer = await world.decide('retry', requestId, { body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-body' } })
    expect(JSON.stringify(answer).length).toBeLessThan(20_000)
    expect((answer.body as { errors: unknown[] }).errors.length).toBeLessThanOrEqual(20)
  })

  test('is refused with a short response as an order', async () => {
    const answer = await world.submit('enable', { ...localBody(), ['k'.repeat(100_000)]: 1 })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer).length).toBeLessThan(20_000)
  })
})
