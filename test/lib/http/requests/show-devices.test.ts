import { beforeAll, describe, expect, test } from 'vitest'
import { showDevices } from '../../../../lib/http/requests/show-devices.ts'
import type { ProfileRequest } from '../../../../lib/profile/request/request.ts'
import { aSetting, eidOf, iccidOf, imeiOf } from '../../../builders.ts'
import { aCallback, aDevice, aRequest, aSubmission, hour, minute, noon, submitted } from '../../profile/records.ts'
import { aStore } from './stored-requests.ts'

const { store, record } = aStore()
const show = (request: ProfileRequest, query: Record<string, string> = {}, accept?: string) =>
  showDevices(request, { query, accept }, { store, clock: () => noon + hour, settings: aSetting() })

type Row = { position: number; status: string }
const pageOf = async (request: ProfileRequest, query: Record<string, string>) => {
  const { body } = await show(request, query)
  return body as { items: Row[]; nextCursor: string | null }
}

/** 250 devices in three submissions: submitted, rejected and waiting. Every tenth device of the first one failed. */
const request = aRequest({ requestId: 'mixed', deviceCount: 250, devicesPerSubmission: 100 })
const failed = (position: number) => position >= 100 && position < 200
const failedPositions = [
  ...Array.from({ length: 10 }, (_, index) => index * 10),
  ...Array.from({ length: 100 }, (_, index) => 100 + index),
]

beforeAll(async () => {
  await record(request, {
    submissions: [
      submitted({ submission: 0, upstreamRequestIds: ['upstream-mixed'] }, request),
      aSubmission({ submission: 100, state: 'rejected', error: { status: 400, code: 'INVALID' } }, request),
      aSubmission({ submission: 200, state: 'waiting' }, request),
    ],
  })
  for (let position = 0; position < 100; position += 1) {
    await store.recordResult(
      aCallback({
        upstreamRequestId: 'upstream-mixed',
        identifiers: [...aDevice(position)],
        verdict: position % 10 === 0 ? 'failed' : 'succeeded',
      }),
      { accountName: request.accountName, receivedAt: noon + minute },
    )
  }
})

describe('the devices of a request', () => {
  test('are listed in the order of the request, a hundred per page', async () => {
    const rows: Row[] = []
    let query: Record<string, string> = {}
    for (let page = 0; page < 5; page += 1) {
      const { items, nextCursor } = await pageOf(request, query)
      rows.push(...items)
      if (nextCursor === null) break
      query = { cursor: nextCursor }
    }
    expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: 250 }, (_, position) => position))
    expect(rows.filter(({ status }) => status === 'pending')).toHaveLength(50)
    expect(rows.filter(({ position }) => failed(position)).every(({ status }) => status === 'failed')).toBe(true)
  })

  test('can be filtered by status, in pages of any size', async () => {
    const rows: Row[] = []
    const query: Record<string, string> = { status: 'failed', limit: '37' }
    for (let page = 0; page < 8; page += 1) {
      const { items, nextCursor } = await pageOf(request, query)
      expect(items.length).toBeLessThanOrEqual(37)
      rows.push(...items)
      if (nextCursor === null) break
      query['cursor'] = nextCursor
    }
    expect(rows.map(({ position }) => position)).toEqual(failedPositions)
  })

  test('continue at the Link header with the same filter', async () => {
    const { headers = {} } = await show(request, { status: 'failed', limit: '60' }, 'text/csv')
    const target = /^<([^>]*)>; rel="next"$/.exec(headers['link'] ?? '')?.[1] ?? ''
    const url = new URL(target, 'https://gateway.test')
    expect(url.pathname).toBe('/v1/requests/mixed/devices')
    const { items, nextCursor } = await pageOf(request, Object.fromEntries(url.searchParams))
    expect(items.map(({ position }) => position)).toEqual(failedPositions.slice(60))
    expect(nextCursor).toBeNull()
  })

  test('have no Link header on the last page', async () => {
    const { headers = {} } = await show(request, {}, 'application/x-ndjson')
    expect(headers).not.toHaveProperty('link')
  })

  test.each([
    { about: 'another status', query: { status: 'succeeded' } },
    { about: 'no status', query: {} },
  ])('refuse a cursor of $about', async ({ query }) => {
    const { nextCursor } = await pageOf(request, { status: 'failed', limit: '1' })
    await expect(show(request, { ...query, cursor: nextCursor ?? '' })).rejects.toThrow('does not belong to this list')
  })

  test('refuse a cursor of another request', async () => {
    const { nextCursor } = await pageOf(request, { limit: '1' })
    const other = aRequest({ requestId: 'other', deviceCount: 250 })
    await expect(show(other, { cursor: nextCursor ?? '' })).rejects.toThrow('does not belong to this list')
  })

  test.each([
    { limit: '0' },
    { limit: '-1' },
    { limit: '1.5' },
    { limit: 'many' },
    { status: 'unknown' },
    { page: '1' },
  ])('refuse the parameters %j', async (query) => {
    await expect(show(request, query as Record<string, string>)).rejects.toThrow('invalid-parameter')
  })

  test('are limited to the largest page if the caller asks for more', async () => {
    const { items } = await pageOf(request, { limit: '1000000' })
    expect(items).toHaveLength(250)
  })
})

describe('NDJSON', () => {
  test('has one line per device with the same content as the JSON', async () => {
    const { body, headers } = await show(request, {}, 'application/x-ndjson')
    const lines = String(body).split('\n')
    expect(headers).toMatchObject({ 'content-type': 'application/x-ndjson' })
    expect(lines.pop()).toBe('')
    const { items } = await pageOf(request, { limit: '1000' })
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(items)))
  })
})

describe('CSV', () => {
  test('has one line per device below the column names', async () => {
    const { body, headers } = await show(request, {}, 'text/csv')
    expect(headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8' })
    const lines = String(body).split('\r\n')
    expect(lines).toHaveLength(252)
    expect(lines[0]).toBe(
      'position,eid,iccid,imei,status,profileStatus,code,description,receivedAt,upstreamRequestId,mdn,msisdn,min,meid,esn,imsi,ipAddress,activationCode',
    )
    expect(lines[1]).toBe(`0,${eidOf(0)},${iccidOf(0)},,failed,,,,2026-08-01T12:01:00.000Z,upstream-mixed,,,,,,,,`)
    expect(lines[101]).toBe(`100,${eidOf(100)},${iccidOf(100)},,failed,,INVALID,,,,,,,,,,,`)
    expect(lines[201]).toBe(`200,${eidOf(200)},${iccidOf(200)},,pending,,,,,,,,,,,,,`)
    expect(lines[251]).toBe('')
  })

  test.each([
    ['plain', 'plain'],
    ['with, comma', '"with, comma"'],
    ['with "quotes"', '"with ""quotes"""'],
    ['with\nline break', '"with\nline break"'],
    ['with\r\nline break', '"with\r\nline break"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=x', `"\t'=x"`],
    ['x;=1', `"x;'=1"`],
    ['\uFF1D1', "'\uFF1D1"],
    ['=HYPERLINK("https://x.test","y")', '"\'=HYPERLINK(""https://x.test"",""y"")"'],
    ['a=b', 'a=b'],
    ['', ''],
  ])('contains the cell %j as %j', async (message, cell) => {
    const imei = { kind: 'imei' as const, id: imeiOf(7) }
    const one = aRequest({ requestId: `cell-${JSON.stringify(message)}` })
    await record(one, {
      devices: [[imei]],
      submissions: [aSubmission({ state: 'rejected', error: { code: 'E', message } }, one)],
    })
    const { body } = await show(one, {}, 'text/csv')
    const [, row] = String(body).split(/^position,.*activationCode\r\n/)
    expect(row).toBe(`0,,,${imei.id},failed,,E,${cell},,,,,,,,,,\r\n`)
  })
})
