import { describe, expect, test } from 'vitest'
import { storedId } from '../../lib/http/quarantine-id.ts'
import { account, eidOf, iccidOf, imeiOf, localBody, someDevices } from '../builders.ts'
import { aCallbackOf, type Answer, bodyOf, createWorld, type World } from '../fakes/world.ts'

const other = '0000654321-00001'
const ours = { accounts: `[${account}]` }

type Found = {
  understoodAs: { kind: string; id: string }[]
  requests: { requestId: string; matchedBy: { kind: string } }[]
  cards: { kind: string; id: string; requests: number; quarantined: number; orphans: number }[]
  upstream: { upstreamRequestId: string; accountName: string; requestId?: string; orphan: boolean }[]
  quarantined: { id: string; reason: string }[]
}
type Card = {
  open?: { requestId: string; status: string }[]
  mayHaveMoreOpen?: boolean
  orphans?: { upstreamRequestId: string; results: { verdict: string }[] }[]
  quarantined?: { reason: string; raw: string }[]
  alsoNamed: { kind: string; id: string; source: string }[]
  assigned: Record<string, string>
  requests: { request: { requestId: string }; device: { status: string } | null }[]
  nextCursor: string | null
}

const search = async (world: World, q: string, claims: Record<string, string> = ours): Promise<Found> =>
  bodyOf(await world.support('/v1/search', { query: { q }, claims }), 200) as Found

const readCard = async (world: World, kind: string, id: string, query: Record<string, string> = {}): Promise<Card> =>
  bodyOf(await world.support('/v1/cards/{kind}/{id}', { path: { kind, id }, query, claims: ours }), 200) as Card

const grouped = (id: string): string => id.replaceAll(/(.{4})/g, '$1 ').trim()

describe('GET /v1/search', () => {
  test('finds a request by its id in any usual spelling', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    for (const q of [requestId, requestId.toUpperCase(), ` request id: ${requestId} `]) {
      expect((await search(world, q)).requests).toMatchObject([{ requestId, matchedBy: { kind: 'request' } }])
    }
  })

  test('finds a request by the id that ThingSpace gave it', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    const found = await search(world, 'upstream-1')
    expect(found.upstream).toEqual([
      { upstreamRequestId: 'upstream-1', accountName: account, requestId, orphan: false },
    ])
    expect(found.requests).toMatchObject([{ requestId, matchedBy: { kind: 'upstream' } }])
  })

  test.each([
    ['EID', grouped(eidOf(1))],
    ['ICCID', iccidOf(1).slice(0, -1)],
    ['ICCID with its kind', `iccid=${grouped(iccidOf(1))}`],
  ])('finds what was ordered for a card by its %s', async (_kind, q) => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    expect((await search(world, q)).requests).toMatchObject([{ requestId }])
  })

  test('finds a card by an identifier that only a result named', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    await world.callback(aCallbackOf('upstream-1', [...someDevices(1)[0]!.deviceIds, { kind: 'imei', id: imeiOf(1) }]))
    await world.settle()
    const found = await search(world, imeiOf(1))
    expect(found.cards).toMatchObject([{ kind: 'imei', requests: 1 }])
    expect(found.requests).toMatchObject([{ requestId }])
  })

  test('finds callbacks that belong to no request', async () => {
    const world = createWorld()
    await world.callback(aCallbackOf('unknown-9', [{ kind: 'eid', id: eidOf(9) }]))
    await world.settle()
    expect((await search(world, eidOf(9))).cards).toMatchObject([{ kind: 'eid', requests: 0, orphans: 1 }])
    expect((await search(world, 'unknown-9')).upstream).toEqual([
      { upstreamRequestId: 'unknown-9', accountName: account, orphan: true },
    ])
  })

  test('finds a message in quarantine that names the card, until an operator removes it', async () => {
    const world = createWorld()
    await world.callback(`<result><iccid>${grouped(iccidOf(7))}</iccid></result>`)
    const found = await search(world, iccidOf(7))
    expect(found.quarantined).toMatchObject([{ reason: 'not-json' }])
    expect(found.cards).toMatchObject([{ kind: 'iccid', requests: 0, quarantined: 1 }])
    await world.store.removeQuarantined(storedId(found.quarantined[0]!.id))
    expect(await search(world, iccidOf(7))).toMatchObject({ cards: [], quarantined: [] })
  })

  test('shows nothing of accounts that the token does not allow', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(1, { accountName: other }))
    await world.callback(aCallbackOf('unknown-9', [{ kind: 'eid', id: eidOf(9) }]), { accountName: other })
    await world.callback(`<iccid>${iccidOf(7)}</iccid>`, { accountName: other })
    await world.settle()
    for (const q of [requestId, 'upstream-1', 'unknown-9', eidOf(1), eidOf(9), iccidOf(7)]) {
      expect(await search(world, q)).toMatchObject({ requests: [], cards: [], upstream: [], quarantined: [] })
    }
  })

  test.each(['', 'abc', 'x'.repeat(201)])('refuses the text %j', async (q) => {
    const answer = await createWorld().support('/v1/search', { query: { q }, claims: ours })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-parameter' } })
  })

  test('reads a text with the hyphens of a UUID as a request id, even if it has digits alone', async () => {
    const q = '12345678-1234-4234-8234-123456789012'
    expect((await search(createWorld(), q)).understoodAs).toEqual([
      { kind: 'request', id: q },
      { kind: 'upstream', id: q },
    ])
  })

  test('answers empty lists for a text that means nothing', async () => {
    expect(await search(createWorld(), "'; drop table --")).toMatchObject({ understoodAs: [], requests: [], cards: [] })
  })
})

describe('GET /v1/cards/{kind}/{id}', () => {
  test('shows open requests, results, orphans, quarantined messages and other names of a card', async () => {
    const world = createWorld()
    const done = await world.order('enable', localBody())
    await world.callback(aCallbackOf('upstream-1', [...someDevices(1)[0]!.deviceIds, { kind: 'imei', id: imeiOf(1) }]))
    world.advance(10)
    const open = await world.order('disable', localBody())
    await world.callback(aCallbackOf('unknown-9', [{ kind: 'eid', id: eidOf(1) }]))
    await world.callback(`<eid>${eidOf(1)}</eid>`)
    await world.settle()

    const card = await readCard(world, 'EID', grouped(eidOf(1)))

    expect(card.open).toMatchObject([{ requestId: open.requestId, status: 'pending' }])
    expect(card.requests).toMatchObject([
      { request: { requestId: open.requestId }, device: { status: 'pending' } },
      { request: { requestId: done.requestId }, device: { status: 'succeeded' } },
    ])
    expect(card.orphans).toMatchObject([{ upstreamRequestId: 'unknown-9', results: [{ verdict: 'succeeded' }] }])
    expect(card.quarantined).toMatchObject([{ reason: 'not-json', raw: `<eid>${eidOf(1)}</eid>` }])
    expect(card.alsoNamed).toEqual([
      { kind: 'iccid', id: iccidOf(1), source: 'order' },
      { kind: 'imei', id: imeiOf(1), source: 'result' },
    ])
    expect(card.nextCursor).toBeNull()
  })

  test('lists every request once, page by page, and what is in doubt on the first page only', async () => {
    const world = createWorld()
    const ordered: string[] = []
    for (let count = 0; count < 5; count += 1) {
      ordered.unshift((await world.order('enable', localBody())).requestId)
      world.advance(1)
    }
    const listed: string[] = []
    let cursor: string | null = null
    let isFirst = true
    do {
      const page = await readCard(world, 'eid', eidOf(1), { limit: '2', ...(cursor === null ? {} : { cursor }) })
      expect(page.open === undefined).toBe(!isFirst)
      isFirst = false
      listed.push(...page.requests.map(({ request }) => request.requestId))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(listed).toEqual(ordered)
  })

  test.each([
    ['iccid', '123'],
    ['eid', 'not-an-eid'],
    ['card', eidOf(1)],
  ])('refuses %s %s', async (kind, id) => {
    const answer: Answer = await createWorld().support('/v1/cards/{kind}/{id}', { path: { kind, id }, claims: ours })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-parameter' } })
  })

  test('checks the newest hundred requests of a card for being open, and says that older ones may be open', async () => {
    const world = createWorld()
    for (let count = 0; count < 150; count += 1) {
      await world.order('enable', localBody())
      world.advance(1)
    }
    const before = world.meter().readUnits
    const card = await readCard(world, 'eid', eidOf(1))
    expect(card).toMatchObject({ mayHaveMoreOpen: true })
    expect(card.open).toHaveLength(100)
    expect(card.requests).toHaveLength(20)
    expect(world.meter().readUnits - before).toBeLessThan(450)
  })
})
