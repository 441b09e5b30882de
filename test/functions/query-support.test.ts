import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { knownCodes } from '../../lib/profile/failure/code-meanings.ts'
import { account, context, iccidOf, localBody, someDevices } from '../builders.ts'
import { isDown, losesTheCall, refuses } from '../fakes/thing-space.ts'
import { aCallbackOf, bodyOf, createWorld, killed, type World, type WorldOptions } from '../fakes/world.ts'

type Row = { requestId: string; position: number; status: string; code: string | null; final: boolean; at: string }
type Count = { code: string | null; action: string; status: string; devices: number; meaning?: string; cure?: string }
type Counts = {
  days: { day: string; devices: number; complete: boolean; counts: Count[] }[]
  nextCursor: string | null
}

const idsAt = (index: number) => someDevices(1, index)[0]!.deviceIds
const tell = (
  world: World,
  index: number,
  verdict: Parameters<typeof aCallbackOf>[2],
  over = {},
  upstream = 'upstream-1',
) => world.callback(aCallbackOf(upstream, idsAt(index), verdict, over))
const fault = (code: string) => ({ faultResponse: { faultcode: code, faultstring: `The text of ${code}.` } })

const failures = async (world: World, query: Record<string, string> = {}) =>
  bodyOf(await world.support('/v1/failures', { query: { accountName: account, ...query } }), 200) as {
    items: Row[]
    nextCursor: string | null
  }
const counts = async (world: World, query: Record<string, string> = {}) =>
  bodyOf(await world.support('/v1/failures/counts', { query: { accountName: account, ...query } }), 200) as Counts

/** Every failure of an account, page by page. */
async function all(world: World, query: Record<string, string> = {}): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  for (let page = 0; page < 100; page += 1) {
    const found: Awaited<ReturnType<typeof failures>> = await failures(world, {
      ...query,
      ...(cursor === null ? {} : { cursor }),
    })
    rows.push(...found.items)
    if (found.nextCursor === null) return rows
    cursor = found.nextCursor
  }
  throw new Error('the list does not end')
}

/** The failed and expired devices of every request, as the API shows them. */
async function truth(world: World): Promise<string[]> {
  const found: string[] = []
  for (const requestId of world.requestIds())
    for (const { position, status } of await world.devices(requestId, { limit: '1000' }))
      if (status === 'failed' || status === 'expired') found.push(`${requestId} ${position} ${status}`)
  return found.toSorted()
}
const named = (rows: Row[]) =>
  rows.map(({ requestId, position, status }) => `${requestId} ${position} ${status}`).toSorted()

/** Three devices: one succeeded, one failed with a code, and one that expires after a day. */
async function mixed(options?: WorldOptions) {
  const world = createWorld(options)
  const { requestId } = await world.order('enable', localBody(3))
  await world.settle()
  await tell(world, 1, 'succeeded')
  await tell(world, 2, 'failed', fault('UnifiedWebService.REQUEST_FAILED.DeviceNotFound'))
  await world.settle()
  return { world, requestId }
}

describe('the list of failures', () => {
  test('shows each failed and expired device with its code, newest first', async () => {
    const { world, requestId } = await mixed()
    const failedAt = new Date(world.now()).toISOString()
    await world.pass(26 * 3600)

    const { items, nextCursor } = await failures(world)

    expect(items).toMatchObject([
      { requestId, position: 2, status: 'expired', final: false, code: null, message: null, action: 'enable' },
      {
        requestId,
        position: 1,
        status: 'failed',
        final: true,
        at: failedAt,
        code: 'REQUEST_FAILED.DeviceNotFound',
        message: 'The text of UnifiedWebService.REQUEST_FAILED.DeviceNotFound.',
        deviceIds: idsAt(2),
      },
    ])
    expect(nextCursor).toBeNull()
    expect(named(items)).toEqual(await truth(world))
  })

  test.each([
    { late: 'succeeded' as const, left: [] },
    { late: 'failed' as const, left: ['failed'] },
  ])('follows a late result that turns expired into $late', async ({ late, left }) => {
    const world = createWorld()
    await world.order('enable', localBody(1))
    await world.pass(26 * 3600)
    const before = (await failures(world)).items

    await tell(world, 1, late)
    await world.settle()

    expect(before).toMatchObject([{ status: 'expired' }])
    expect((await failures(world)).items.map(({ status }) => status)).toEqual(left)
  })

  test('has the devices of rejected and exhausted orders, with the code of ThingSpace', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses({ status: 400, code: 'REQUEST_FAILED.AccountNotFound', message: 'No such account.' }))
    await world.submit('enable', localBody(1))
    world.thingSpace.will(...Array.from({ length: 500 }, () => isDown))
    await world.order('disable', localBody(1))
    await world.pass(25 * 3600)

    expect((await failures(world)).items).toMatchObject([
      { action: 'disable', status: 'failed' },
      { action: 'enable', status: 'failed', code: 'REQUEST_FAILED.AccountNotFound', message: 'No such account.' },
    ])
  })

  test('loses a device while a retry sends it again, and has it again when that fails too', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses(), refuses({ status: 400, code: 'SECOND.Refusal' }))
    await world.submit('enable', localBody(1))
    await world.settle()
    const [requestId] = world.requestIds()

    await world.decide('retry', requestId!)
    // The first record is the submission's. It leads to a summary, whose record is the second.
    await world.stream()
    await world.stream()
    const during = (await failures(world)).items
    await world.settle()

    expect(during).toEqual([])
    expect((await failures(world)).items).toMatchObject([{ code: 'SECOND.Refusal' }])
  })

  test.each([1, 2, 3, 100])('is complete in pages of %s, over several requests and days', async (limit) => {
    const world = createWorld()
    for (let order = 0; order < 4; order += 1) {
      const { requestId } = await world.order('enable', localBody(3))
      await world.settle()
      await tell(world, 1, 'failed', {}, `upstream-${order + 1}`)
      await world.pass(20 * 3600)
      expect(requestId).toBeDefined()
    }
    await world.pass(26 * 3600)

    const rows = await all(world, { limit: String(limit) })

    expect(rows).toHaveLength(12)
    expect(named(rows)).toEqual(await truth(world))
    expect(rows.map(({ at }) => at)).toEqual(
      rows
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    )
  })

  test('can be filtered by action, status, code and time', async () => {
    const { world } = await mixed()
    const between = new Date(world.now() + 1000).toISOString()
    await world.pass(26 * 3600)

    expect(await all(world, { status: 'failed' })).toHaveLength(1)
    expect(await all(world, { code: 'none' })).toMatchObject([{ status: 'expired' }])
    expect(await all(world, { code: 'REQUEST_FAILED.DeviceNotFound', limit: '1' })).toHaveLength(1)
    expect(await all(world, { action: 'disable' })).toEqual([])
    expect(await all(world, { from: between })).toMatchObject([{ status: 'expired' }])
    expect(await all(world, { to: between })).toMatchObject([{ status: 'failed' }])
    expect(await all(world, { from: between, to: between })).toEqual([])
  })

  test('is empty for a caller without the account', async () => {
    const { world } = await mixed()
    const claims = { sub: 'stranger', accounts: '9999999999-00001' }

    const foreign = await world.support('/v1/failures', { query: { accountName: account }, claims })
    const own = await world.support('/v1/failures', { claims })

    expect(foreign).toMatchObject({ status: 403, body: { code: 'account-not-allowed' } })
    expect(own).toMatchObject({ status: 200, body: { items: [], nextCursor: null } })
  })

  test('can be exported as CSV and NDJSON, with a link to the next page', async () => {
    const { world, requestId } = await mixed()
    await world.pass(26 * 3600)
    const query = { accountName: account, limit: '1' }

    const csv = await world.support('/v1/failures', { query, headers: { accept: 'text/csv' } })
    const lines = await world.support('/v1/failures', { query, headers: { accept: 'application/x-ndjson' } })

    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(String(csv.body).split('\r\n')).toEqual([
      'at,requestId,position,action,status,final,code,message,accountName,eid,iccid,imei,mdn,msisdn,min,meid,esn,imsi',
      expect.stringMatching(new RegExp(`^[^,]+,${requestId},2,enable,expired,false,,,${account},\\d+,${iccidOf(3)},,`)),
      '',
    ])
    expect(String(lines.body).trim().split('\n')).toHaveLength(1)
    const next = /<([^>]+)>; rel="next"/.exec(csv.headers['link'] ?? '')?.[1] ?? ''
    const rest = Object.fromEntries(new URL(next, 'http://localhost').searchParams)
    expect((await failures(world, rest)).items).toMatchObject([{ position: 1 }])
  })

  test('refuses a cursor of another list', async () => {
    const { world } = await mixed()
    await world.pass(26 * 3600)
    const { nextCursor } = await failures(world, { limit: '1' })

    const answer = await world.support('/v1/failures', {
      query: { accountName: account, status: 'failed', cursor: nextCursor! },
    })

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-parameter' } })
  })
})

describe('the items of failures', () => {
  test('are complete after a crash at any of their writes', async () => {
    for (let effect = 1; effect < 12; effect += 1) {
      const world = createWorld()
      await world.order('enable', localBody(4))
      await world.settle()
      for (const index of [1, 2, 3]) await tell(world, index, 'failed')
      world.killBehind(effect)
      await world.stream()
      await world.settle()
      await world.pass(120)

      expect(named(await all(world)), `killed after effect ${effect}`).toEqual(await truth(world))
      expect(await all(world)).toHaveLength(3)
    }
  })

  test('do not change if the stream delivers all its records again', async () => {
    const { world } = await mixed()
    await world.pass(26 * 3600)
    await tell(world, 3, 'succeeded')
    await world.settle()
    const before = world.itemsOf('failure')

    for (const record of world.streamRecords()) await world.handlers.project({ Records: [record] }, context)

    expect(world.itemsOf('failure')).toEqual(before)
    expect(await world.run(() => all(world))).not.toBe(killed)
    expect(named(await all(world))).toEqual(await truth(world))
  })

  test('are not written for devices that succeed', async () => {
    const world = createWorld()
    await world.order('enable', localBody(2))
    await world.settle()
    await tell(world, 1, 'succeeded')
    await tell(world, 2, 'succeeded')
    await world.settle()

    expect(world.itemsOf('failure')).toEqual([])
  })

  test('are kept as long as their request, also after a retry of an old one', async () => {
    const world = createWorld()
    world.thingSpace.will(refuses())
    await world.submit('enable', localBody(1))
    await world.pass(30 * 24 * 3600)
    world.thingSpace.will(refuses())
    await world.decide('retry', world.requestIds()[0]!)
    await world.pass(20 * 24 * 3600)

    expect(await all(world, { from: new Date(world.now() - 60 * 86_400_000).toISOString() })).toHaveLength(1)
    await world.pass(16 * 24 * 3600)
    expect(await all(world, { from: new Date(world.now() - 90 * 86_400_000).toISOString() })).toEqual([])
  })

  test('of an order that was given up while unconfirmed are expired', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('download_enable', localBody(1))
    await world.pass(1300)
    await world.decide('cancel', requestId, { body: JSON.stringify({ abandonUnconfirmed: true }) })
    await world.settle()

    expect((await failures(world)).items).toMatchObject([{ requestId, status: 'expired', final: false }])
  })
})

describe('the counts of failures', () => {
  test('are by day, code, action and status, with the meaning of known codes', async () => {
    const { world } = await mixed()
    await world.pass(26 * 3600)

    const { days, nextCursor } = await counts(world)

    expect(nextCursor).toBeNull()
    expect(days.every(({ complete }) => complete)).toBe(true)
    expect(days.flatMap((day) => day.counts)).toEqual([
      {
        code: null,
        action: 'enable',
        status: 'expired',
        devices: 1,
        meaning: 'no final result arrived in time, or the order was given up while unconfirmed',
        cure: 'check the devices at ThingSpace; a late result still counts',
      },
      {
        code: 'REQUEST_FAILED.DeviceNotFound',
        action: 'enable',
        status: 'failed',
        devices: 1,
        meaning: 'the device is not on the account',
        cure: 'add the device to the account, then order again',
      },
    ])
    expect(days.filter(({ devices }) => devices > 0)).toHaveLength(2)
  })

  test('agree with the list for a bad day of many devices', async () => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody(300))
    await world.settle()
    await world.callback(
      Array.from({ length: 300 }, (_, index) =>
        aCallbackOf(`upstream-${Math.floor(index / 100) + 1}`, idsAt(index + 1), 'failed', fault(`CODE.${index % 3}`)),
      ),
    )
    await world.pass(180)

    const [today] = (await counts(world)).days
    const rows = await all(world, { limit: '70' })

    expect(rows).toHaveLength(300)
    expect(new Set(rows.map(({ position }) => position)).size).toBe(300)
    expect(today).toMatchObject({ devices: 300 })
    expect(today?.counts.map(({ devices }) => devices)).toEqual([100, 100, 100])
    expect((await world.show(requestId)).devices).toMatchObject({ failed: 300 })
  })
})

test('the meanings of codes are those that docs/thingspace.md knows', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/thingspace.md'), 'utf8')
  const endsOf = (code: string) => code.split('.').map((_, at, parts) => `\`.${parts.slice(at).join('.')}\``)
  const inPage = (code: string) => [code, ...endsOf(code)].some((text) => page.includes(text))
  expect(knownCodes.filter((code) => !inPage(code))).toEqual([])
})

describe('the list of requests', () => {
  const list = async (world: World, query: Record<string, string>) =>
    (
      bodyOf(await world.get('/v1/requests', { query: { accountName: account, ...query } }), 200) as {
        items: { requestId: string }[]
      }
    ).items.map(({ requestId }) => requestId)

  test('can be filtered by several statuses, by failed devices and by caller', async () => {
    const { world, requestId: partial } = await mixed()
    await world.pass(26 * 3600)
    const { requestId: open } = await world.order('enable', localBody(1), { claims: { sub: 'app-2' } })
    await world.settle()

    expect(await list(world, { status: 'submitted,partially_succeeded' })).toEqual([open, partial])
    expect(await list(world, { status: 'failed,partially_succeeded' })).toEqual([partial])
    expect(await list(world, { hasFailedDevices: 'true' })).toEqual([partial])
    expect(await list(world, { hasFailedDevices: 'false' })).toEqual([open])
    expect(await list(world, { caller: 'me' })).toEqual([partial])
    expect(await list(world, { caller: 'https://issuer.test|sub:app-2' })).toEqual([open])
    const refused = await world.get('/v1/requests', { query: { accountName: account, status: 'failed,lost' } })
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-parameter' } })
  })
})
