import { describe, expect, test } from 'vitest'
import { account, eidOf, iccidOf, localBody } from '../builders.ts'
import { type Answer, bodyOf, createWorld, type World } from '../fakes/world.ts'

const theirs = account
const ours = '0000999999-00001'
const noOnes = '0000777777-00001'
const we = { sub: 'app-2', accounts: `[${ours}]` }
const theyAre = { sub: 'app-1', accounts: `[${theirs}]` }
const eid = eidOf(1)
const unknownId = '00000000-0000-4000-8000-000000000000'

type Page = { items: { request: { requestId: string; accountName: string } }[]; nextCursor: string | null }

/** The decoded content of a cursor. */
const decoded = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('utf8')

const pageOf = async (world: World, id: string, query: Record<string, string>, claims: Record<string, string> = we) =>
  bodyOf(await world.get('/v1/devices/{kind}/{id}/requests', { path: { kind: 'eid', id }, query, claims }), 200) as Page

/** A response without the ids of the call and of the request. */
const shape = ({ status, headers, body }: Answer, asked: string) =>
  JSON.parse(JSON.stringify({ status, headers, body }).replaceAll(asked, '<asked>')) as unknown

/** Orders of two accounts for one card: theirs before, between and after ours. */
async function sharedCard(between = 3) {
  const world = createWorld()
  const orders = { theirs: [] as string[], ours: [] as string[] }
  const order = async (accountName: string) => {
    world.advance(60)
    const claims = accountName === ours ? we : theyAre
    const { requestId } = await world.order('enable', localBody(1, { accountName }), { claims })
    orders[accountName === ours ? 'ours' : 'theirs'].push(requestId)
  }
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < between; index += 1) await order(theirs)
    await order(ours)
  }
  for (let index = 0; index < between; index += 1) await order(theirs)
  return { world, orders }
}

describe('the history of a device that two accounts have ordered', () => {
  test.each(['1', '2', '3', '50'])("shows only the caller's own requests, in full pages of %s", async (limit) => {
    const { world, orders } = await sharedCard()
    const seen: string[] = []
    let query: Record<string, string> = { limit }
    for (let pages = 0; pages < 10; pages += 1) {
      const { items, nextCursor } = await pageOf(world, eid, query)
      seen.push(...items.map(({ request }) => request.requestId))
      const left = orders.ours.length - seen.length
      expect(nextCursor === null).toBe(left === 0)
      if (nextCursor === null) break
      expect(items).toHaveLength(Number(limit))
      query = { limit, cursor: nextCursor }
    }
    expect(seen).toEqual(orders.ours.toReversed())
  })

  test('has cursors without an id, a date or a position of another account', async () => {
    const { world, orders } = await sharedCard()
    const theirDates = new Set(
      world
        .itemsOf('request')
        .filter((item) => item['accountName'] === theirs)
        .map((item) => new Date(Number(item['createdAt'])).toISOString()),
    )
    for (const limit of ['1', '2', '3']) {
      let query: Record<string, string> = { limit }
      for (let pages = 0; pages < 10; pages += 1) {
        const { nextCursor } = await pageOf(world, eid, query)
        if (nextCursor === null) break
        const text = decoded(nextCursor)
        for (const id of orders.theirs) expect(text).not.toContain(`#${id}#`)
        for (const date of theirDates) expect(text).not.toContain(date)
        expect(orders.ours.some((id) => text.includes(`#${id}#`))).toBe(true)
        query = { limit, cursor: nextCursor }
      }
    }
  })

  test('is the same for a device that only others have ordered as for an unknown device', async () => {
    const { world } = await sharedCard()
    await world.order('enable', localBody(1, { devices: [{ deviceIds: [{ kind: 'eid', id: eidOf(9) }, { kind: 'iccid', id: iccidOf(9) }] }] })) // prettier-ignore
    const unknownDevice = { items: [], nextCursor: null }
    for (const limit of ['1', '50']) {
      expect(await pageOf(world, eidOf(9), { limit })).toEqual(unknownDevice)
      expect(await pageOf(world, eidOf(8), { limit })).toEqual(unknownDevice)
    }
  })

  test('finds an own request behind a request of another account with thousands of profiles of the card', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(1, { accountName: ours }), { claims: we })
    world.advance(60)
    const devices = Array.from({ length: 2500 }, (_, index) => ({
      deviceIds: [
        { kind: 'eid', id: eid },
        { kind: 'iccid', id: iccidOf(1000 + index) },
      ],
    }))
    await world.order('enable', localBody(1, { devices }), { claims: theyAre })
    await world.settle()
    const { items, nextCursor } = await pageOf(world, eid, { limit: '1' })
    expect(items.map(({ request }) => request.requestId)).toEqual([requestId])
    expect(nextCursor).toBeNull()
  })

  test('ends a page with own requests if too many of others follow, with a cursor from an own request', async () => {
    const { world, orders } = await sharedCard()
    const looked = world.store.listLinks.bind(world.store)
    // After every page of links of the own orders, there is another one of the other account.
    let pages = 0
    world.store.listLinks = async (identifier, page, namedBy) => {
      const found = await looked(identifier, page, namedBy)
      if (namedBy === 'result') return found
      pages += 1
      const foreign = found.rows.find(({ accountName }) => accountName === theirs)
      return pages === 1 || foreign === undefined ? { ...found, cursor: '0' } : { rows: [foreign], cursor: '0' }
    }
    const { items, nextCursor } = await pageOf(world, eid, { limit: '50' })
    expect(items.map(({ request }) => request.requestId)).toEqual(orders.ours.toReversed())
    expect(decoded(nextCursor ?? '')).toContain(`#${orders.ours[0]}#`)
    expect(decoded(nextCursor ?? '')).not.toContain(`#${orders.theirs[0]}#`)
    expect(pages).toBeLessThanOrEqual(60)
  })
})

describe('the history of a device with more links of others than one call can read', () => {
  test('fails without revealing anything about the others', async () => {
    const { world, orders } = await sharedCard(1)
    const link = (await world.store.listLinks(`eid:${eid}`, { limit: 1 })).rows
    let pages = 0
    world.store.listLinks = async (_identifier, _page, namedBy) => {
      if (namedBy === 'result') return { rows: [] }
      pages += 1
      return { rows: link, cursor: '0' }
    }
    const call = { path: { kind: 'eid', id: eid }, claims: we }
    const answer = await world.get('/v1/devices/{kind}/{id}/requests', call)
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal-error' } })
    for (const id of orders.theirs) expect(JSON.stringify(answer)).not.toContain(`"${id}`)
    expect(pages).toBe(40)
  })
})

describe('a request of another account', () => {
  const routes = [
    { method: 'GET', route: '/v1/requests/{requestId}' },
    { method: 'GET', route: '/v1/requests/{requestId}/devices' },
    { method: 'POST', route: 'retry' },
    { method: 'POST', route: 'cancel' },
  ] as const
  const variants: {
    about: string
    query?: Record<string, string>
    headers?: Record<string, string>
    body?: unknown
  }[] = [
    { about: 'without parameters' },
    { about: 'with a wrong parameter', query: { limit: '0', status: 'x' } },
    { about: 'with a cursor', query: { cursor: 'eyJjdXJzb3IiOiI1Iiwib2YiOiJ4In0' } },
    { about: 'in another format', headers: { accept: 'image/png' } },
    { about: 'with a malformed body', body: '{"submissions": "x"' },
    { about: 'with a valid body', body: { submissions: [0] } },
  ]
  const calls = routes.flatMap((route) => variants.map((variant) => ({ ...route, ...variant })))

  test.each(calls)('is answered by $method $route, $about, like one that does not exist', async (call) => {
    const { world, orders } = await sharedCard(1)
    const [theirId = ''] = orders.theirs
    const shown = await world.get('/v1/requests/{requestId}', { path: { requestId: theirId }, claims: theyAre })
    const etag = shown.headers['etag'] ?? ''
    expect(etag).not.toBe('')
    const before = JSON.stringify(world.items())
    const ask = async (requestId: string): Promise<Answer> => {
      const headers = { 'if-none-match': etag, ...call.headers }
      const about = { claims: we, headers, ...(call.query && { query: call.query }) }
      return call.method === 'GET'
        ? world.get(call.route, { path: { requestId }, ...about })
        : world.decide(call.route, requestId, { ...about, ...(call.body === undefined ? {} : { body: call.body }) })
    }
    const answer = await ask(theirId)
    expect(answer.status).toBe(404)
    expect(answer.headers).not.toHaveProperty('retry-after')
    expect(answer.headers).not.toHaveProperty('etag')
    expect(shape(answer, theirId)).toEqual(shape(await ask(unknownId), unknownId))
    expect(JSON.stringify(world.items())).toBe(before)
  })
})

describe('an account of others', () => {
  test('is refused in a list and in an order like an account that does not exist', async () => {
    const { world } = await sharedCard(1)
    for (const query of [{}, { status: 'submitted' }, { limit: '1' }, { createdAfter: '2020-01-01T00:00:00Z' }]) {
      const of = (accountName: string) => world.get('/v1/requests', { query: { ...query, accountName }, claims: we })
      expect((await of(theirs)).status).toBe(403)
      expect(shape(await of(theirs), theirs)).toEqual(shape(await of(noOnes), noOnes))
    }
    const order = (accountName: string) =>
      world.submit('enable', localBody(1, { accountName }), { claims: we, key: 'key-1' })
    expect((await order(theirs)).status).toBe(403)
    expect(shape(await order(theirs), theirs)).toEqual(shape(await order(noOnes), noOnes))
  })

  test('does not accept its cursor from another caller, which is refused like a forged one', async () => {
    const { world } = await sharedCard(2)
    const list = bodyOf(
      await world.get('/v1/requests', { query: { accountName: theirs, limit: '1' }, claims: theyAre }),
      200,
    ) as { nextCursor: string }
    const withCursor = (cursor: string) =>
      world.get('/v1/requests', { query: { accountName: ours, limit: '1', cursor }, claims: we })
    expect((await withCursor(list.nextCursor)).status).toBe(400)
    expect(await withCursor(list.nextCursor)).toEqual(await withCursor('eyJjdXJzb3IiOiI1Iiwib2YiOiJ4In0'))
  })
})

describe('an Idempotency-Key that another app has used', () => {
  test('can be used like a new one', async () => {
    const world = createWorld()
    const first = await world.order('enable', localBody(), { key: 'key-1', claims: theyAre })
    const second = await world.submit('enable', localBody(1, { accountName: ours }), { key: 'key-1', claims: we })
    expect(second.status).toBe(202)
    expect(second.headers).not.toHaveProperty('idempotent-replayed')
    expect((second.body as { requestId: string }).requestId).not.toBe(first.requestId)
  })

  test('reveals nothing about the order if the same app uses it with a token for another account', async () => {
    const world = createWorld()
    const first = await world.order('enable', localBody(), { key: 'key-1', claims: theyAre })
    const second = await world.submit('enable', localBody(1, { accountName: ours }), {
      key: 'key-1',
      claims: { ...we, sub: theyAre.sub },
    })
    expect(second.status).toBe(422)
    expect(second.body).toMatchObject({ code: 'idempotency-key-reused' })
    expect(JSON.stringify(second)).not.toContain(first.requestId)
  })
})
