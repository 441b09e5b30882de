import { describe, expect, test } from 'vitest'
import { account, apiEvent, context, eidOf, iccidOf, imeiOf, localBody, someDevices } from '../builders.ts'
import { isDown } from '../fakes/thing-space.ts'
import { aCallbackOf, type Answer, bodyOf, createWorld, type World } from '../fakes/world.ts'

const otherAccount = '0000654321-00001'
const mine = { accounts: `[${account}]` }
const theirs = { accounts: `[${otherAccount}]` }

const deviceAt = (index: number) => someDevices(1, index)[0]!.deviceIds
const pathOf = (requestId: string) => ({ requestId })

type List = { items: { requestId: string; status: string }[]; nextCursor: string | null }
type Rows = { items: { position: number; status: string }[]; nextCursor: string | null }
type History = { items: { request: { requestId: string }; device: { status: string } }[]; nextCursor: string | null }

/** Reads a list to its end, page by page. */
async function everyPage<Page extends { nextCursor: string | null }>(
  read: (query: Record<string, string>) => Promise<Answer>,
  query: Record<string, string>,
): Promise<Page[]> {
  const pages: Page[] = []
  let cursor: string | null = null
  do {
    const page = bodyOf(await read(cursor === null ? query : { ...query, cursor }), 200) as Page
    pages.push(page)
    cursor = page.nextCursor
  } while (cursor !== null)
  return pages
}

/** Places orders one second apart. */
async function severalOrders(world: World, count: number, over: Record<string, unknown> = {}): Promise<string[]> {
  const requestIds: string[] = []
  for (let made = 0; made < count; made += 1) {
    requestIds.push((await world.order('enable', localBody(1, over))).requestId)
    world.advance(1)
  }
  return requestIds
}

describe('GET /v1/requests/{requestId}', () => {
  const show = (world: World, requestId: string, headers: Record<string, string> = {}, claims = {}) =>
    world.get('/v1/requests/{requestId}', { path: pathOf(requestId), headers, claims })

  test('answers 304 until the request changes', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    const { etag } = (await show(world, requestId)).headers

    const unchanged = await show(world, requestId, { 'if-none-match': `"other", W/${etag}` })
    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    const changed = await show(world, requestId, { 'if-none-match': `${etag}` })

    expect(etag).toMatch(/^"[\w-]{22}"$/)
    expect(unchanged).toMatchObject({ status: 304, headers: { etag }, body: '' })
    expect(changed).toMatchObject({ status: 200, body: { status: 'succeeded' } })
    expect(changed.headers['etag']).not.toBe(etag)
  })

  test('sends Retry-After until the request is final', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())

    const open = await show(world, requestId)
    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
    await world.settle()
    const final = await show(world, requestId)

    expect(open.headers['retry-after']).toBe('5')
    expect(final.headers).not.toHaveProperty('retry-after')
    expect(final).toMatchObject({ body: { final: true, finalAt: new Date(world.now()).toISOString(), next: null } })
  })

  test('shows a result as soon as it is stored, before the summary is updated', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    await world.settle()

    await world.callback(aCallbackOf('upstream-1', deviceAt(1)))

    expect(await world.storedStatus(requestId)).toBe('submitted')
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('answers 404 for a request of another account, as for one that does not exist', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())

    const foreign = await show(world, requestId, {}, theirs)
    const missing = await show(world, 'id-99', {}, theirs)
    const own = await show(world, requestId, {}, mine)

    expect(foreign).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(foreign).toEqual(missing)
    expect(own.status).toBe(200)
  })
})

describe('GET /v1/requests/{requestId}/devices', () => {
  const devices = (world: World, requestId: string, query = {}, headers = {}, claims = {}) =>
    world.get('/v1/requests/{requestId}/devices', { path: pathOf(requestId), query, headers, claims })

  /** Five devices: the second has succeeded, the third has failed, and the others are open. */
  async function fiveDevices(world: World): Promise<string> {
    const { requestId } = await world.order('enable', localBody(5))
    await world.callback([aCallbackOf('upstream-1', deviceAt(2)), aCallbackOf('upstream-1', deviceAt(3), 'failed')])
    await world.settle()
    return requestId
  }

  test('pages through all devices in the order of the request', async () => {
    const world = createWorld()
    const requestId = await fiveDevices(world)

    const pages = await everyPage<Rows>((query) => devices(world, requestId, query), { limit: '2' })

    expect(pages.map(({ items }) => items.map(({ position, status }) => `${position} ${status}`))).toEqual([
      ['0 pending', '1 succeeded'],
      ['2 failed', '3 pending'],
      ['4 pending'],
    ])
  })

  test('pages through the devices of one status', async () => {
    const world = createWorld()
    const requestId = await fiveDevices(world)

    const pages = await everyPage<Rows>((query) => devices(world, requestId, query), { status: 'pending', limit: '2' })

    expect(pages.flatMap(({ items }) => items.map(({ position }) => position))).toEqual([0, 3, 4])
  })

  test('links to the next page with all the parameters it needs', async () => {
    const world = createWorld()
    const requestId = await fiveDevices(world)

    const first = await devices(world, requestId, { status: 'pending', limit: '2' })
    const link = /^<(.*)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1] ?? ''
    const { pathname, searchParams } = new URL(link, 'https://gateway.test')
    const second = await devices(world, requestId, Object.fromEntries(searchParams))

    expect(pathname).toBe(`/v1/requests/${requestId}/devices`)
    expect((second.body as Rows).items.map(({ position }) => position)).toEqual([4])
    expect(second.headers).not.toHaveProperty('link')
  })

  test('limits a page to a thousand devices', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(1_200))

    const pages = await everyPage<Rows>((query) => devices(world, requestId, query), { limit: '99999' })

    expect(pages.map(({ items }) => items.length)).toEqual([1_000, 200])
  })

  test('returns CSV with the columns that a support desk needs', async () => {
    const world = createWorld()
    const requestId = await fiveDevices(world)

    const answer = await devices(world, requestId, {}, { accept: 'text/csv' })

    const receivedAt = new Date(world.now()).toISOString()
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' } })
    expect(String(answer.body).split('\r\n')).toEqual([
      'position,eid,iccid,imei,status,profileStatus,code,description,receivedAt,upstreamRequestId,mdn,msisdn,min,meid,esn,imsi,ipAddress,activationCode',
      `0,${eidOf(1)},${iccidOf(1)},,pending,,,,,,,,,,,,,`,
      `1,${eidOf(2)},${iccidOf(2)},,succeeded,,1.2.365,,${receivedAt},upstream-1,,,,,,,,`,
      `2,${eidOf(3)},${iccidOf(3)},,failed,,,The eUICC refused.,${receivedAt},upstream-1,,,,,,,,`,
      `3,${eidOf(4)},${iccidOf(4)},,pending,,,,,,,,,,,,,`,
      `4,${eidOf(5)},${iccidOf(5)},,pending,,,,,,,,,,,,,`,
      '',
    ])
  })

  test('returns CSV without formulas that a spreadsheet would run', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    await world.callback(
      aCallbackOf('upstream-1', deviceAt(1), 'failed', {
        faultResponse: { faultcode: '=CMD()', faultstring: 'He said "no", twice' },
      }),
    )

    const answer = await devices(world, requestId, {}, { accept: 'text/csv' })

    expect(answer.body).toContain(`,'=CMD(),"He said ""no"", twice",`)
  })

  test('returns NDJSON with one device per line', async () => {
    const world = createWorld()
    const requestId = await fiveDevices(world)

    const answer = await devices(world, requestId, { limit: '3' }, { accept: 'application/x-ndjson' })

    const lines = String(answer.body).trimEnd().split('\n')
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson' } })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { position: 0, status: 'pending' },
      { position: 1, status: 'succeeded' },
      { position: 2, status: 'failed' },
    ])
    expect(answer.headers).toHaveProperty('link')
  })

  test('returns ten thousand devices in one CSV response', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(10_000))

    const answer = await devices(world, requestId, {}, { accept: 'text/csv' })

    expect(String(answer.body).trimEnd().split('\r\n')).toHaveLength(10_001)
    expect(answer.headers).not.toHaveProperty('link')
  })

  test.each([
    { accept: 'application/json', type: 'application/json' },
    { accept: '*/*', type: 'application/json' },
    { accept: 'text/html, text/csv;q=0.5, */*;q=0.1', type: 'text/csv; charset=utf-8' },
    { accept: 'text/csv;q=0.1, application/json', type: 'application/json' },
  ])('understands the header Accept: $accept', async ({ accept, type }) => {
    const world = createWorld()
    const requestId = await fiveDevices(world)

    const answer = await devices(world, requestId, {}, { accept })

    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': type } })
  })

  test.each(['text/html', 'image/png, application/xml', 'application/json;q=0'])(
    'answers 406 to the header Accept: %s',
    async (accept) => {
      const world = createWorld()
      const requestId = await fiveDevices(world)

      expect(await devices(world, requestId, {}, { accept })).toMatchObject({
        status: 406,
        body: { code: 'not-acceptable' },
      })
    },
  )

  test('answers 404 for a request of another account', async () => {
    const world = createWorld()
    const requestId = await fiveDevices(world)

    expect(await devices(world, requestId, {}, {}, theirs)).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })
})

describe('GET /v1/requests', () => {
  const list = (world: World, query: Record<string, string> = {}, claims: Record<string, string> = mine) =>
    world.get('/v1/requests', { query, claims })
  const idsOf = ({ body }: Answer) => (body as List).items.map(({ requestId }) => requestId)

  test('lists the newest requests first, without their submissions', async () => {
    const world = createWorld()
    const requestIds = await severalOrders(world, 3)
    await world.settle()

    const answer = await list(world)

    expect(answer).toMatchObject({ status: 200, body: { nextCursor: null } })
    expect(idsOf(answer)).toEqual(requestIds.toReversed())
    expect((answer.body as List).items[0]).toMatchObject({ status: 'submitted', devices: { total: 1, pending: 1 } })
    expect((answer.body as List).items[0]).not.toHaveProperty('submissions')
  })

  test('pages to the end without losing or repeating a request while new ones are created', async () => {
    const world = createWorld()
    const requestIds = await severalOrders(world, 7)
    let pages = 0

    const found = await everyPage<List>(
      async (query) => {
        if (pages === 1) await severalOrders(world, 1)
        pages += 1
        return list(world, query)
      },
      { limit: '2' },
    )

    expect(found.map(({ items }) => items.length)).toEqual([2, 2, 2, 1])
    expect(found.flatMap(({ items }) => items.map(({ requestId }) => requestId))).toEqual(requestIds.toReversed())
  })

  test('filters by action, by status and by both, however far apart the matches are', async () => {
    const world = createWorld()
    const [first] = await severalOrders(world, 1)
    world.thingSpace.will(isDown)
    const [waiting] = await severalOrders(world, 1)
    const { requestId: disabled } = await world.order('disable', localBody())
    await severalOrders(world, 3)
    await world.stream()

    const byAction = await everyPage<List>((query) => list(world, query), { action: 'disable', limit: '1' })
    const byStatus = await list(world, { status: 'retrying' })
    const byBoth = await list(world, { action: 'disable', status: 'retrying' })

    expect(byAction.flatMap(({ items }) => items)).toMatchObject([{ requestId: disabled, action: 'disable' }])
    expect(idsOf(byStatus)).toEqual([waiting])
    expect(idsOf(byBoth)).toEqual([])
    expect(first).toBeDefined()
  })

  test('filters by time with an inclusive start and an exclusive end', async () => {
    const world = createWorld()
    const start = world.now()
    const requestIds = await severalOrders(world, 4)
    const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()

    const after = await list(world, { createdAfter: at(1) })
    const before = await list(world, { createdBefore: at(2) })
    const between = await list(world, { createdAfter: at(1), createdBefore: at(3) })

    expect(idsOf(after)).toEqual(requestIds.slice(1).toReversed())
    expect(idsOf(before)).toEqual(requestIds.slice(0, 2).toReversed())
    expect(idsOf(between)).toEqual(requestIds.slice(1, 3).toReversed())
  })

  test('limits a page to a hundred requests', async () => {
    const world = createWorld()
    await severalOrders(world, 105)

    const pages = await everyPage<List>((query) => list(world, query), { limit: '5000' })

    expect(pages.map(({ items }) => items.length)).toEqual([100, 5])
  })

  test('lists the requests of the named account only', async () => {
    const world = createWorld()
    const [own] = await severalOrders(world, 1)
    const [foreign] = await severalOrders(world, 1, { accountName: otherAccount })
    const both = { accounts: `[${account} ${otherAccount}]` }

    expect(idsOf(await list(world))).toEqual([own])
    expect(idsOf(await list(world, { accountName: otherAccount }, both))).toEqual([foreign])
    expect(idsOf(await list(world, { accountName: account }, {}))).toEqual([own])
  })

  test('accepts an account name with spaces and a claim with commas', async () => {
    const world = createWorld()
    const [own] = await severalOrders(world, 1, { accountName: '4 3TOM HPN2 S' })

    const answer = await list(world, { accountName: '4 3TOM HPN2 S' }, { accounts: `4 3TOM HPN2 S, ${account}` })

    expect(idsOf(answer)).toEqual([own])
  })

  test('answers 403 for an account that the caller may not use', async () => {
    const world = createWorld()

    expect(await list(world, { accountName: otherAccount })).toMatchObject({
      status: 403,
      body: { code: 'account-not-allowed' },
    })
  })

  test.each([
    { about: 'a token for every account', claims: {} },
    { about: 'a token for several', claims: { accounts: `[${account} ${otherAccount}]` } },
  ])('requires accountName from $about', async ({ claims }) => {
    const world = createWorld()

    expect(await list(world, {}, claims)).toMatchObject({
      status: 400,
      body: { code: 'invalid-parameter', errors: [{ pointer: '?accountName', code: 'required' }] },
    })
  })

  test.each([
    { query: { limit: '0' }, pointer: '?limit' },
    { query: { limit: 'many' }, pointer: '?limit' },
    { query: { action: 'explode' }, pointer: '?action' },
    { query: { status: 'done' }, pointer: '?status' },
    { query: { createdAfter: 'yesterday' }, pointer: '?createdAfter' },
    { query: { colour: 'red' }, pointer: '?colour' },
    { query: { cursor: 'abc' }, pointer: '?cursor' },
  ])('names the parameter that is wrong in $query', async ({ query, pointer }) => {
    const world = createWorld()

    expect(await list(world, query as Record<string, string>)).toMatchObject({
      status: 400,
      body: { code: 'invalid-parameter', errors: [{ pointer }] },
    })
  })
})

describe('GET /v1/devices/{kind}/{id}/requests', () => {
  const history = (world: World, kind: string, id: string, query: Record<string, string> = {}, claims = {}) =>
    world.get('/v1/devices/{kind}/{id}/requests', { path: { kind, id }, query, claims })

  test('lists all requests for a device, newest first, with the result of the device', async () => {
    const world = createWorld()
    await world.order('download', { accountName: account, devices: someDevices(3) })
    world.advance(60)
    await world.order('enable', localBody(2))
    await world.callback(aCallbackOf('upstream-1', deviceAt(2)))
    await world.callback(aCallbackOf('upstream-2', deviceAt(2), 'failed'))
    await world.settle()

    const byIccid = await history(world, 'iccid', iccidOf(2))
    const byEid = await history(world, 'EID', eidOf(2))
    const ofThird = await history(world, 'eid', eidOf(3))

    expect(byIccid).toMatchObject({
      status: 200,
      body: {
        items: [
          { request: { action: 'enable' }, device: { position: 1, status: 'failed' } },
          { request: { action: 'download' }, device: { position: 1, status: 'succeeded' } },
        ],
        nextCursor: null,
      },
    })
    expect(byEid.body).toEqual(byIccid.body)
    expect((ofThird.body as History).items).toMatchObject([{ device: { position: 2, status: 'pending' } }])
  })

  test.each([
    ['iccid', '89148000001234567897', '8914800000123456789'],
    ['iccid', '8914800000123456789', '89148000001234567897'],
    ['iccid', '8914800000123456789', '89148000001234567890'],
    ['iccid', '891480000012345678', '8914800000123456789'],
    ['imei', '350000000000012', '35000000000001'],
    ['imei', '35000000000001', '350000000000012'],
    ['imei', '3500000000000199', '350000000000012'],
  ])('finds an order that names %s %s by %s', async (kind, ordered, asked) => {
    const world = createWorld()
    const devices = [{ deviceIds: [{ kind, id: ordered }] }]
    const { requestId } = await world.order('activate', { devices, accountName: account })

    const { items } = bodyOf(await history(world, kind, asked), 200) as History

    expect(items.map(({ request }) => request.requestId)).toEqual([requestId])
  })

  test('does not find an ICCID that differs in its last digit or an IMEI with another check digit', async () => {
    const world = createWorld()
    for (const [kind, id] of [
      ['iccid', '89148000001234567897'],
      ['imei', '350000000000014'],
    ]) {
      await world.order('activate', { devices: [{ deviceIds: [{ kind, id }] }], accountName: account })
    }

    for (const [kind, id] of [
      ['iccid', '89148000001234567890'],
      ['imei', '350000000000012'],
    ] as const)
      expect(bodyOf(await history(world, kind, id), 200)).toEqual({ items: [], nextCursor: null })
  })

  test.each(['1', '2', '3', '10'])(
    'merges all spellings of an ICCID, newest first, in full pages of %s',
    async (limit) => {
      const world = createWorld()
      const requestIds: string[] = []
      const spellings = ['89148000001234567897', '8914800000123456789', '891480000012345678']
      for (const turn of [0, 1, 1, 0, 2, 1, 0]) {
        const devices = [{ deviceIds: [{ kind: 'iccid', id: spellings[turn] }] }]
        requestIds.push((await world.order('activate', { devices, accountName: account })).requestId)
        world.advance(1)
      }

      const pages = await everyPage<History>((query) => history(world, 'iccid', spellings[1]!, query), { limit })

      expect(pages.flatMap(({ items }) => items.map(({ request }) => request.requestId))).toEqual(
        requestIds.toReversed(),
      )
      for (const { items } of pages.slice(0, -1)) expect(items).toHaveLength(Number(limit))
    },
  )

  describe('finds a request', () => {
    const mdn = { kind: 'mdn', id: '5551234567' }
    const foundBy = async (world: World, kind: string, id: string, claims = {}) =>
      (bodyOf(await history(world, kind, id, {}, claims), 200) as History).items.map(({ request }) => request.requestId)
    /** A result that names the line by its ICCID and number too, and contains other assigned values. */
    const activation = (upstreamRequestId: string) =>
      aCallbackOf(upstreamRequestId, [mdn, { kind: 'imei', id: '350000000000014' }], 'succeeded', {
        deviceResponse: {
          activateResponse: {
            deviceIdentifierCollection: [
              { kind: 'ICCID', id: iccidOf(7) },
              { kind: 'mdn', id: '5559876543' },
              { kind: 'msisdn', id: '15559876543' },
            ],
            ipAddress: '10.0.0.7',
            servicePlan: '12345678901',
          },
        },
      })

    test('by the identifiers in its results, including newly assigned ones, in any spelling', async () => {
      const world = createWorld()
      const { requestId } = await world.order('activate', { devices: [{ deviceIds: [mdn] }], accountName: account })
      await world.callback(activation('upstream-1'))
      await world.settle()

      for (const [kind, id] of [
        ['mdn', mdn.id],
        ['iccid', iccidOf(7)],
        ['iccid', iccidOf(7).slice(0, -1)],
        ['imei', '35000000000001'],
        ['mdn', '5559876543'],
        ['msisdn', '15559876543'],
      ] as const)
        expect([kind, await foundBy(world, kind, id)]).toEqual([kind, [requestId]])
      expect(await foundBy(world, 'iccid', iccidOf(7), theirs)).toEqual([])
    })

    test('of many devices by a result, and returns the device that the result is about', async () => {
      const world = createWorld()
      const { requestId } = await world.order('enable', localBody(250))
      await world.settle()
      const [first] = await world.devices(requestId, { limit: '150' }).then((devices) => devices.slice(120))
      const show = bodyOf(await world.get('/v1/requests/{requestId}', { path: { requestId } }), 200) as {
        submissions: { items: { devices: { first: number }; upstreamRequestIds: string[] }[] }
      }
      const upstream = show.submissions.items.find(({ devices }) => devices.first === 100)!.upstreamRequestIds[0]!
      await world.callback(aCallbackOf(upstream, [...deviceAt(121), { kind: 'imei', id: imeiOf(121) }]))
      await world.pass(120)

      const { items } = bodyOf(await history(world, 'imei', imeiOf(121)), 200) as History

      expect(items).toMatchObject([
        { request: { requestId }, device: { position: first?.position, status: 'succeeded' } },
      ])
    })

    test('by a result for another profile of the card that arrived after the final result', async () => {
      const world = createWorld()
      const { requestId } = await world.order('enable', localBody())
      const [eid] = deviceAt(1)
      await world.callback(aCallbackOf('upstream-1', deviceAt(1)))
      await world.settle()
      world.advance(30)
      await world.callback(aCallbackOf('upstream-1', [eid!, { kind: 'iccid', id: iccidOf(2) }]))
      await world.settle()

      expect(await foundBy(world, 'iccid', iccidOf(2))).toEqual([requestId])
    })

    test('by a warning of a device that has expired', async () => {
      const world = createWorld()
      const { requestId } = await world.order('enable', localBody())
      await world.callback(aCallbackOf('upstream-1', [...deviceAt(1), { kind: 'imei', id: imeiOf(1) }], 'warning'))
      await world.pass(2 * 86_400)

      expect(await world.show(requestId)).toMatchObject({ status: 'expired' })
      expect(await foundBy(world, 'imei', imeiOf(1))).toEqual([requestId])
    })

    test('by its results even if the function is killed after any of its effects', async () => {
      for (let effect = 1; effect <= 6; effect += 1) {
        const world = createWorld()
        const { requestId } = await world.order('activate', { devices: [{ deviceIds: [mdn] }], accountName: account })
        await world.callback(activation('upstream-1'))
        world.killBehind(effect)
        await world.settle()

        expect(await foundBy(world, 'iccid', iccidOf(7))).toEqual([requestId])
        expect(await foundBy(world, 'imei', '350000000000014')).toEqual([requestId])
      }
    })

    test('without extra device links if its results name only ordered identifiers', async () => {
      const world = createWorld()
      await world.order('enable', localBody())
      await world.callback(aCallbackOf('upstream-1', [deviceAt(1)[0]!, { kind: 'iccid', id: iccidOf(1).slice(0, -1) }]))
      await world.settle()

      expect(world.itemsOf('link')).toHaveLength(2)
    })

    test('by device links that are written once, however many results follow', async () => {
      const world = createWorld()
      await world.order('enable', localBody(5))
      await world.settle()
      const before = world.effects()
      for (let index = 1; index <= 5; index += 1) {
        await world.callback(aCallbackOf('upstream-1', [...deviceAt(index), { kind: 'imei', id: imeiOf(index) }]))
        await world.settle()
        world.advance(1)
      }

      expect(world.itemsOf('link')).toHaveLength(15)
      // Each callback is one write, one batch with one link, and one summary.
      expect(world.effects() - before).toBe(15)
    })
  })

  test('pages to the end', async () => {
    const world = createWorld()
    const requestIds = await severalOrders(world, 5)

    const pages = await everyPage<History>((query) => history(world, 'eid', eidOf(1), query), { limit: '2' })

    expect(pages.map(({ items }) => items.length)).toEqual([2, 2, 1])
    expect(pages.flatMap(({ items }) => items.map(({ request }) => request.requestId))).toEqual(requestIds.toReversed())
  })

  test('omits requests of other accounts', async () => {
    const world = createWorld()
    const [own] = await severalOrders(world, 1)
    await severalOrders(world, 2, { accountName: otherAccount })

    const answer = await history(world, 'eid', eidOf(1), {}, mine)

    expect((answer.body as History).items.map(({ request }) => request.requestId)).toEqual([own])
  })

  test('returns an empty list for an unknown device', async () => {
    const world = createWorld()

    expect(await history(world, 'eid', eidOf(1))).toMatchObject({ status: 200, body: { items: [], nextCursor: null } })
  })

  test.each([
    { kind: 'serial', id: '1' },
    { kind: 'eid', id: '1' },
    { kind: 'iccid', id: 'A'.repeat(20) },
  ])('answers 400 for the kind $kind with the id $id', async ({ kind, id }) => {
    const world = createWorld()

    expect(await history(world, kind, id)).toMatchObject({ status: 400, body: { code: 'invalid-parameter' } })
  })
})

describe('a cursor', () => {
  test('continues the list that it came from and is refused for any other list', async () => {
    const world = createWorld()
    const requestIds = await severalOrders(world, 3)
    const { requestId } = await world.order('enable', localBody(3))
    const page = async (answer: Promise<Answer>) => (bodyOf(await answer, 200) as List).nextCursor ?? ''
    const list = (query: Record<string, string>) => world.get('/v1/requests', { query, claims: mine })
    const devices = (of: string, query: Record<string, string>) =>
      world.get('/v1/requests/{requestId}/devices', { path: pathOf(of), query })
    const history = (id: string, query: Record<string, string>) =>
      world.get('/v1/devices/{kind}/{id}/requests', { path: { kind: 'eid', id }, query })
    const ofList = await page(list({ limit: '1' }))
    const ofDevices = await page(devices(requestId, { limit: '1' }))
    const ofHistory = await page(history(eidOf(1), { limit: '1' }))

    const good = await Promise.all([
      list({ cursor: ofList, limit: '2' }),
      devices(requestId, { cursor: ofDevices, limit: '2' }),
      history(eidOf(1), { cursor: ofHistory, limit: '2' }),
    ])
    const bad = await Promise.all([
      list({ cursor: ofList, action: 'enable' }),
      list({ cursor: ofDevices }),
      list({ cursor: ofHistory }),
      list({ cursor: `${ofList}x` }),
      devices(requestId, { cursor: ofDevices, status: 'pending' }),
      devices(requestIds[0] ?? '', { cursor: ofDevices }),
      devices(requestId, { cursor: ofList }),
      history(eidOf(2), { cursor: ofHistory }),
      history(eidOf(1), { cursor: ofList }),
    ])

    expect(good.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(new Set(bad.map(({ status }) => status))).toEqual(new Set([400]))
    expect(bad[0]).toMatchObject({ body: { code: 'invalid-parameter', errors: [{ pointer: '?cursor' }] } })
  })
})

test('GET /health needs neither a caller nor the table', async () => {
  const world = createWorld()
  world.faults.store = () => true
  const event = apiEvent({ route: 'GET /health' })
  delete (event.requestContext as { authorizer?: unknown }).authorizer

  const { statusCode, body } = await world.handlers.query(event, context)

  expect({ statusCode, body }).toEqual({ statusCode: 200, body: '{"status":"ok"}' })
})

test('query-requests answers 500 without details if the table is unavailable, and logs the cause', async () => {
  const world = createWorld()
  world.faults.store = () => true

  const answer = await world.get('/v1/requests/{requestId}', { path: pathOf('id-1') })

  expect(answer).toMatchObject({
    status: 500,
    headers: { 'content-type': 'application/problem+json', 'request-id': 'http-1' },
    body: { code: 'internal-error', retryable: true, instance: 'urn:request:http-1' },
  })
  expect(JSON.stringify(answer.body)).not.toContain('refuses')
  expect(world.log.text()).toContain('the table refuses GetCommand')
})

test('query-requests answers 500 for a route that serverless.yml sends to it by mistake', async () => {
  const world = createWorld()

  expect(await world.get('/v1/unknown')).toMatchObject({ status: 500, body: { code: 'internal-error' } })
})
