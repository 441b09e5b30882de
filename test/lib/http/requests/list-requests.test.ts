import { beforeAll, describe, expect, test } from 'vitest'
import { readCaller } from '../../../../lib/http/caller.ts'
import { listDeviceHistory } from '../../../../lib/http/requests/device-history.ts'
import { listRequests } from '../../../../lib/http/requests/list-requests.ts'
import { ProblemError } from '../../../../lib/http/problem.ts'
import type { Device } from '../../../../lib/profile/order/identifiers.ts'
import { account, anAccess, aSetting, eidOf, iccidOf } from '../../../builders.ts'
import { aDevice, aRequest, aSubmission, minute, noon } from '../../profile/records.ts'
import { aStore } from './stored-requests.ts'

const { store, record } = aStore()
const clock = () => noon
const anyone = readCaller({ sub: 'app-1', accounts: '*' }, anAccess())
const limitedTo = (...accounts: string[]) => readCaller({ sub: 'app-1', accounts: accounts.join(',') }, anAccess())

type List = { items: { requestId: string; status: string }[]; nextCursor: string | null }
const list = async (query: Record<string, string>, caller = anyone) =>
  (await listRequests(caller, query, { store, clock })).body as List
const idsOf = ({ items }: List) => items.map(({ requestId }) => requestId)

const problemOf = async (answer: Promise<unknown>) => {
  try {
    await answer
  } catch (error) {
    if (error instanceof ProblemError) return { code: error.code, ...error.members }
    throw error
  }
  return undefined
}

const name = (index: number) => `request-${String(index).padStart(3, '0')}`

beforeAll(async () => {
  for (let index = 0; index < 130; index += 1) {
    const status = index % 40 === 0 ? 'failed' : 'submitted'
    const request = aRequest({
      requestId: name(index),
      createdAt: noon + index * minute,
      action: index < 65 ? 'enable' : 'disable',
    })
    await record({ ...request, summary: { ...request.summary, status } }, { devices: [aDevice(index)] })
  }
  await record(aRequest({ requestId: 'foreign', accountName: 'foreign' }), { devices: [aDevice(500)] })
})

const newestFirst = Array.from({ length: 130 }, (_, index) => name(129 - index))

/** All ids of a list, page by page, and the number of pages. */
async function allOf(query: Record<string, string>) {
  const ids: string[] = []
  let cursor: string | undefined
  for (let page = 1; page < 200; page += 1) {
    const found: List = await list({ ...query, ...(cursor === undefined ? {} : { cursor }) })
    ids.push(...idsOf(found))
    if (found.nextCursor === null) return ids
    cursor = found.nextCursor
  }
  throw new Error('the list does not end')
}

describe('the list of requests of an account', () => {
  test('is ordered newest first, with fifty per page by default', async () => {
    expect(idsOf(await list({ accountName: account }))).toEqual(newestFirst.slice(0, 50))
    expect(idsOf(await list({ accountName: account, limit: '3' }))).toEqual(newestFirst.slice(0, 3))
    expect(idsOf(await list({ accountName: account, limit: '500' }))).toEqual(newestFirst.slice(0, 100))
    expect(await allOf({ accountName: account })).toEqual(newestFirst)
  })

  test.each(['1', '2', '50'])('can be filtered by one status, in pages of %s', async (limit) => {
    expect(await allOf({ accountName: account, status: 'failed', limit })).toEqual([120, 80, 40, 0].map(name))
  })

  test('can be filtered by one action and a range of time', async () => {
    const query = {
      accountName: account,
      action: 'enable',
      createdAfter: '2026-08-01T13:00:00Z',
      createdBefore: '2026-08-01T15:10:00+02:00',
    }
    expect(await allOf(query)).toEqual([64, 63, 62, 61, 60].map(name))
  })

  test('is empty for a range that ends before it begins', async () => {
    const range = { createdAfter: '2026-08-02T00:00:00Z', createdBefore: '2026-08-01T00:00:00Z' }
    expect(await list({ accountName: account, ...range })).toEqual({ items: [], nextCursor: null })
  })

  test('needs no account name if the token allows a single account', async () => {
    expect(idsOf(await list({}, limitedTo('foreign')))).toEqual(['foreign'])
  })

  test.each([
    { about: 'that may use all accounts', caller: anyone },
    { about: 'that may use two', caller: limitedTo(account, 'foreign') },
    { about: 'that may use none', caller: readCaller({ sub: 'app-1', accounts: '' }, anAccess()) },
  ])('needs an account name for a token $about', async ({ caller }) => {
    expect(await problemOf(list({}, caller))).toMatchObject({
      code: 'invalid-parameter',
      errors: [{ pointer: '?accountName', code: 'required' }],
    })
  })

  test('is refused for another account', async () => {
    expect(await problemOf(list({ accountName: account }, limitedTo('foreign')))).toMatchObject({
      code: 'account-not-allowed',
    })
  })

  test.each([
    [{ action: 'reboot' }, '?action'],
    [{ status: 'done' }, '?status'],
    [{ limit: '0' }, '?limit'],
    [{ limit: 'ten' }, '?limit'],
    [{ createdAfter: 'yesterday' }, '?createdAfter'],
    [{ createdBefore: '2026-08-01' }, '?createdBefore'],
    [{ accountName: '' }, '?accountName'],
    [{ account }, '?account'],
    [{ cursor: 'x' }, '?cursor'],
  ])('refuses %j and names %s', async (query, pointer) => {
    const problem = await problemOf(list({ accountName: account, ...query }))
    expect(problem).toMatchObject({ code: 'invalid-parameter', errors: [{ pointer }] })
  })

  test('continues after a cursor only with the same filters', async () => {
    const { nextCursor } = await list({ accountName: account, limit: '5' })
    expect(idsOf(await list({ accountName: account, limit: '2', cursor: nextCursor ?? '' }))).toEqual(
      newestFirst.slice(5, 7),
    )
    const elsewhere = [{ accountName: 'foreign' }, { accountName: account, status: 'failed' }]
    for (const query of elsewhere) {
      expect(await problemOf(list({ ...query, cursor: nextCursor ?? '' }))).toMatchObject({
        errors: [{ pointer: '?cursor' }],
      })
    }
  })
})

describe('the history of a device', () => {
  type History = { items: { request: { requestId: string }; device: { position: number; deviceIds: Device } }[] }
  const history = async (kind: string, id: string, { caller = anyone, query = {} } = {}) =>
    (await listDeviceHistory(caller, { path: { kind, id }, query }, { store, clock, settings: aSetting() }))
      .body as History & {
      nextCursor: string | null
    }

  const eid = { kind: 'eid' as const, id: eidOf(900) }
  const meid = { kind: 'meid' as const, id: 'A000000009ABCD' }
  beforeAll(async () => {
    for (let index = 0; index < 5; index += 1) {
      const request = aRequest({
        requestId: `history-${index}`,
        deviceCount: 3,
        createdAt: noon + index * minute,
        ...(index === 2 ? { accountName: 'foreign' } : {}),
      })
      const devices = [aDevice(901), [eid, { kind: 'iccid' as const, id: iccidOf(950 + index) }], aDevice(902)]
      await record(request, { devices, submissions: [aSubmission({ state: 'waiting' }, request)] })
    }
    await record(aRequest({ requestId: 'of-meid' }), { devices: [[meid]] })
    await store.writeLinks([
      {
        identifier: eid,
        requestId: 'gone',
        generation: 'generation-1',
        position: 0,
        accountName: account,
        action: 'disable',
        createdAt: noon + 10 * minute,
      },
    ])
  })

  test("lists every request that named the device, newest first, with the device's result", async () => {
    const { items } = await history('eid', eid.id)
    expect(items.map(({ request }) => request.requestId)).toEqual([4, 3, 2, 1, 0].map((index) => `history-${index}`))
    expect(items[0]?.device).toMatchObject({
      position: 1,
      deviceIds: [eid, { kind: 'iccid', id: iccidOf(954) }],
      status: 'pending',
    })
  })

  test('omits requests of accounts that the token does not allow', async () => {
    const { items } = await history('eid', eid.id, { caller: limitedTo(account) })
    expect(items.map(({ request }) => request.requestId)).toEqual(['history-4', 'history-3', 'history-1', 'history-0'])
  })

  test('continues after its own cursor and refuses the cursor of another device', async () => {
    const first = await history('eid', eid.id, { query: { limit: '3' } })
    const cursor = first.nextCursor ?? ''
    const second = await history('eid', eid.id, { query: { limit: '9', cursor } })
    expect([...first.items, ...second.items]).toHaveLength(5)
    expect(second.nextCursor).toBeNull()
    await expect(history('eid', eidOf(901), { query: { cursor } })).rejects.toThrow('does not belong to this list')
  })

  test.each([
    ['EID', eid.id, 5],
    ['meid', 'a000000009abcd', 1],
    ['MEID', meid.id, 1],
    ['iccid', iccidOf(952), 1],
    ['iccid', iccidOf(999), 0],
  ])('is found by %s %s: %i requests', async (kind, id, count) => {
    expect((await history(kind, id)).items).toHaveLength(count)
  })

  test.each([
    ['serial', '1'],
    ['eid', '123'],
    ['eid', ''],
    ['constructor', '1'],
  ])('is refused for %s "%s"', async (kind, id) => {
    expect(await problemOf(history(kind, id))).toMatchObject({ code: 'invalid-parameter' })
  })
})

describe('a list with a filter', () => {
  /** The store with a clock that each page of the index costs `milliseconds`. */
  function counted(milliseconds: number) {
    const calls = { pages: 0 }
    const slow: typeof store = {
      ...store,
      listRequests: (accountName, range, page) => {
        calls.pages += 1
        return store.listRequests(accountName, range, page)
      },
    }
    return { calls, dependencies: { store: slow, clock: () => noon + calls.pages * milliseconds } }
  }

  test('reads 50 requests at a time, however short its pages are', async () => {
    const { calls, dependencies } = counted(0)
    const { body } = await listRequests(anyone, { accountName: account, status: 'cancelled', limit: '1' }, dependencies)
    expect(body).toEqual({ items: [], nextCursor: null })
    expect(calls.pages).toBe(3)
  })

  test('ends a page after 15 seconds, and the cursor continues behind it', async () => {
    const { calls, dependencies } = counted(8_000)
    const query = { accountName: account, status: 'failed', limit: '100' }
    const first = (await listRequests(anyone, { ...query, limit: '4' }, dependencies)).body as List
    expect(calls.pages).toBe(2)
    const rest = await list({ ...query, cursor: first.nextCursor ?? '' })
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(idsOf(await list(query)))
  })
})
