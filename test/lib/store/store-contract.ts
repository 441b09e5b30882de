import { randomUUID } from 'node:crypto'
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DueItem, dueShards } from '../../../lib/profile/request/due-store.ts'
import type { DeviceLink } from '../../../lib/profile/request/device-link.ts'
import type { ProfileRequest } from '../../../lib/profile/request/request.ts'
import type { Submission } from '../../../lib/profile/request/submission.ts'
import { type Summary, initialSummary } from '../../../lib/profile/request/summary.ts'
import { type Store, createStore } from '../../../lib/store/store.ts'
import { type Device, type Identifier, identifierKey, IdentifierKind } from '../../../lib/profile/order/identifiers.ts'
import { partsOf } from '../../../lib/profile/request/manifest.ts'
import { auditPosition } from '../../../lib/profile/audit/audit-store.ts'
import { auditStore } from '../../../lib/store/audit/audit-entries.ts'
import { credentialStore } from '../../../lib/store/credentials/credentials.ts'
import { flowStore } from '../../../lib/store/credentials/flows.ts'
import { latchStore } from '../../../lib/store/credentials/latches.ts'
import { quarantineReview } from '../../../lib/store/quarantine-review.ts'
import { resultLimits } from '../../../lib/store/results.ts'
import { unkeptPartitions } from '../../../lib/store/table/keys.ts'
import type { Table } from '../../../lib/store/table/table.ts'
import type { CredentialStore } from '../../../lib/thingspace/credentials/ports.ts'
import { account, eidOf, iccidOf, imeiOf } from '../../builders.ts'
import {
  aCallback,
  aDevice,
  anAttempt,
  aRequest,
  aSubmission,
  devicesOf,
  hour,
  minute,
  noon,
  submitted,
} from '../profile/records.ts'

/** A DynamoDB with the deployed table. */
export type StoreBackend = { name: string; connect: () => Promise<{ table: Table; close: () => Promise<void> }> }

/** Texts that no other test uses, because all tests of a backend share one table. */
const fresh = (name: string): string => `${name}-${randomUUID()}`
/** An upstream request id of the account under test. */
const upstream = (upstreamRequestId: string) => ({ accountName: account, upstreamRequestId })

/** Digits that no other test uses. */
const freshEid = (): Identifier => ({
  kind: 'eid',
  id: BigInt(`0x${randomUUID().replaceAll('-', '')}`)
    .toString()
    .padStart(32, '1')
    .slice(0, 32),
})

/** The behaviour of the store on any DynamoDB: its transactions, conditions, orders and pages. */
export function describeStore({ name, connect }: StoreBackend): void {
  describe(`the store on ${name}`, () => {
    let table: Table
    let store: Store
    let credentials: CredentialStore
    let close: () => Promise<void> = async () => undefined

    beforeAll(async () => {
      const connected = await connect()
      table = connected.table
      close = connected.close
      store = createStore(table)
      credentials = credentialStore(table)
    })
    afterAll(() => close())

    const itemsOf = async (pk: string) => {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
        }),
      )
      return Items
    }

    /** Stores a new request with its devices and, if it has one submission, that submission. */
    async function recorded(over: Partial<ProfileRequest> = {}, firstSubmission?: Partial<Submission>) {
      const request = aRequest({ requestId: fresh('request'), generation: fresh('generation'), ...over })
      const submission = firstSubmission && aSubmission(firstSubmission, request)
      const parts = partsOf(devicesOf(request.deviceCount))
      await store.createRequest({ request, parts, ...(submission === undefined ? {} : { submission }) })
      return { request, submission }
    }

    const dueOf = async (requestId: string, now: number) =>
      (await store.listDue(now, 1000)).filter((item) => 'requestId' in item && item.requestId === requestId)

    describe('createRequest', () => {
      test('keeps the request, its devices and its submission', async () => {
        const { request, submission } = await recorded({ deviceCount: 3 }, { state: 'submitting', attempt: 1 })
        expect(await store.getRequest(request.requestId)).toEqual(request)
        expect(await store.getDevices(request, 0, 3)).toEqual(devicesOf(3))
        expect(await store.getSubmission(request, 0)).toEqual(submission)
      })

      test('keeps ten thousand devices and returns any range of them', async () => {
        const { request } = await recorded({ deviceCount: 10_000 })
        const devices = devicesOf(10_000)
        expect(await store.getDevices(request, 0, 10_000)).toEqual(devices)
        for (const [first, count] of [
          [0, 1],
          [999, 2],
          [1000, 1000],
          [2950, 3100],
          [9999, 1],
        ] as const) {
          expect(await store.getDevices(request, first, count)).toEqual(devices.slice(first, first + count))
        }
      })

      test('keeps the largest order: ten thousand devices with every identifier at its longest', async () => {
        const digits = (length: number, index: number) => String(index).padStart(length, '9')
        const longest = { eid: 32, iccid: 20, imei: 16, mdn: 10, msisdn: 11, min: 10, meid: 14, esn: 11, imsi: 15 }
        const devices = Array.from({ length: 10_000 }, (_, index) =>
          IdentifierKind.options.map((kind) => ({ kind, id: digits(longest[kind], index) })),
        )
        const request = aRequest({
          requestId: fresh('request'),
          generation: fresh('generation'),
          deviceCount: 10_000,
          accountName: '\u20ac'.repeat(64),
        })
        const submission = aSubmission({ deviceCount: 10_000 }, request)
        await store.createRequest({ request, parts: partsOf(devices), submission })
        expect(await store.getDevices(request, 0, 10_000)).toEqual(devices)
      })

      test('keeps few devices in the request item itself', async () => {
        const [manifest] = partsOf(devicesOf(3))
        const request = aRequest({ requestId: fresh('request'), deviceCount: 3, ...(manifest && { manifest }) })
        await store.createRequest({ request, parts: [] })
        const stored = await store.getRequest(request.requestId)
        expect(stored).toEqual(request)
        expect(await store.getDevices(stored!, 0, 3)).toEqual(devicesOf(3))
        expect(await store.getDevices(stored!, 1, 1)).toEqual(devicesOf(3).slice(1, 2))
      })

      test('is required: an unknown request has no devices and no submissions', async () => {
        const unknown = fresh('unknown')
        expect(await store.getRequest(unknown)).toBeUndefined()
        await expect(store.getDevices(aRequest({ requestId: unknown }), 0, 1)).rejects.toThrow('is incomplete')
        expect(await store.getSubmission(aRequest({ requestId: unknown }), 0)).toBeUndefined()
        expect(await store.listSubmissions(aRequest({ requestId: unknown }))).toEqual([])
      })

      test('returns the existing request for an id that is taken, and changes nothing', async () => {
        const { request, submission } = await recorded({ deviceCount: 2 }, {})
        const other = aRequest({ requestId: request.requestId, generation: fresh('generation'), deviceCount: 1500 })
        const parts = partsOf(devicesOf(1500).toReversed())
        expect(await store.createRequest({ request: other, parts })).toEqual({ kind: 'exists', request })
        expect(await store.getRequest(request.requestId)).toEqual(request)
        expect(await store.getDevices(request, 0, 2)).toEqual(devicesOf(2))
        expect(await store.listSubmissions(request)).toEqual([submission])
      })

      test('succeeds again for the identical call', async () => {
        const request = aRequest({ requestId: fresh('request'), generation: fresh('generation') })
        const creation = { request, parts: partsOf(devicesOf(1)), submission: aSubmission({}, request) }
        expect(await store.createRequest(creation)).toEqual({ kind: 'created' })
        expect(await store.createRequest(creation)).toEqual({ kind: 'created' })
      })

      test('stores everything or nothing', async () => {
        const request = aRequest({ requestId: fresh('request') })
        const inTheWay = aSubmission({ state: 'waiting', attempt: 7 }, request)
        await store.createSubmissions([inTheWay])
        const creation = { request, parts: partsOf(devicesOf(1)), submission: aSubmission({}, request) }
        await expect(store.createRequest(creation)).rejects.toThrow('could not be stored')
        expect(await store.getRequest(request.requestId)).toBeUndefined()
        await expect(store.getDevices(request, 0, 1)).rejects.toThrow('is incomplete')
        expect(await store.listSubmissions(request)).toEqual([inTheWay])
      })

      test('replaces an expired request with the same id, whatever items of it are left', async () => {
        const old = aRequest({ requestId: fresh('request'), createdAt: noon - 36 * 24 * hour, deviceCount: 1500 })
        const parts = partsOf(devicesOf(1500))
        await store.createRequest({ request: old, parts, submission: aSubmission({ state: 'submitted' }, old) })
        expect(await store.getRequest(old.requestId)).toBeUndefined()
        const request = aRequest({ requestId: old.requestId, generation: fresh('generation'), deviceCount: 2 })

        expect(await store.createRequest({ request, parts: partsOf(devicesOf(2)) })).toEqual({ kind: 'created' })

        expect(await store.getRequest(request.requestId)).toEqual(request)
        expect(await store.getDevices(request, 0, 2)).toEqual(devicesOf(2))
        expect(await store.listSubmissions(request)).toEqual([])
        expect(await store.getSubmission(request, 0)).toBeUndefined()
      })

      test.each([0, 1, 2])(
        'with a part missing makes getDevices fail instead of returning wrong devices (part %i)',
        async (missing) => {
          const { request } = await recorded({ deviceCount: 2500 })
          const key = { pk: `REQ#${request.requestId}`, sk: `M#${request.generation}#0${missing}` }
          await table.client.send(new DeleteCommand({ TableName: table.tableName, Key: key }))

          await expect(store.getDevices(request, 0, 2500)).rejects.toThrow('is incomplete')
          await expect(store.getDevices(request, missing * 1000, 100)).rejects.toThrow('is incomplete')
        },
      )

      test('stores exactly one of several concurrent requests, without mixing them', async () => {
        const requestId = fresh('request')
        const creations = Array.from({ length: 8 }, (_, index) => {
          const request = aRequest({
            requestId,
            generation: fresh('generation'),
            fingerprint: `${index}`,
            deviceCount: 1 + index,
          })
          const parts = partsOf(Array.from({ length: 1 + index }, () => aDevice(index)))
          return { request, parts, submission: aSubmission({ claimId: `${index}` }, request) }
        })
        const outcomes = await Promise.allSettled(creations.map((creation) => store.createRequest(creation)))
        const winners = creations.filter((_, index) => {
          const outcome = outcomes[index]
          return outcome?.status === 'fulfilled' && outcome.value.kind === 'created'
        })
        expect(winners).toHaveLength(1)
        const { request, submission } = winners[0]!
        expect(await store.getRequest(requestId)).toEqual(request)
        expect(await store.getDevices(request, 0, request.deviceCount)).toEqual(
          Array.from({ length: request.deviceCount }, () => aDevice(request.deviceCount - 1)),
        )
        expect(await store.listSubmissions(request)).toEqual([submission])
      })

      test('gives every item its expiry and its entity name', async () => {
        const { request } = await recorded({ deviceCount: 1001 }, {})
        const items = await itemsOf(`REQ#${request.requestId}`)
        const end = noon / 1000 + table.retainSeconds
        // The request expires first, so that a readable request never lacks a part.
        expect(items.map(({ sk, entity, itemVersion, expiresAt }) => ({ sk, entity, itemVersion, expiresAt }))).toEqual(
          [
            { sk: `M#${request.generation}#00`, entity: 'part', expiresAt: end + 24 * 3600 },
            { sk: `M#${request.generation}#01`, entity: 'part', expiresAt: end + 24 * 3600 },
            { sk: 'META', entity: 'request', expiresAt: end },
            { sk: `SUB#${request.generation}#00000`, entity: 'submission', expiresAt: end + 24 * 3600 },
          ].map((item) => ({ ...item, itemVersion: 1 })),
        )
      })
    })

    describe('a stored summary', () => {
      const summaryOf = (status: Summary['status'], deviceCount = 1): Summary => ({
        ...initialSummary(deviceCount, [], status),
        deviceStates: Uint8Array.from({ length: deviceCount }, () => 2),
      })
      const later = { now: noon + minute, dueAt: noon + hour }

      test('is stored as the next version', async () => {
        const { request } = await recorded()
        const summary = summaryOf('submitted')
        expect(await store.saveSummary(request, summary, later)).toBe(true)
        expect(await store.getRequest(request.requestId)).toEqual({
          ...request,
          summary,
          version: 1,
          updatedAt: noon + minute,
          dueAt: noon + hour,
        })
      })

      test('of an older version is refused', async () => {
        const { request } = await recorded()
        await store.saveSummary(request, summaryOf('submitted'), later)
        expect(await store.saveSummary(request, summaryOf('failed'), later)).toBe(false)
        expect(await store.getRequest(request.requestId)).toMatchObject({
          version: 1,
          summary: { status: 'submitted' },
        })
      })

      test('is stored once when several are written concurrently', async () => {
        const { request } = await recorded()
        const kept = await Promise.all(
          Array.from({ length: 6 }, () => store.saveSummary(request, summaryOf('submitted'), later)),
        )
        expect(kept.filter(Boolean)).toHaveLength(1)
        expect(await store.getRequest(request.requestId)).toMatchObject({ version: 1 })
      })

      test('that is final has a time, and a later final summary keeps this time', async () => {
        const { request } = await recorded()
        await store.saveSummary(request, summaryOf('expired'), { now: noon + minute, dueAt: undefined })
        const expired = (await store.getRequest(request.requestId))!
        expect(expired).toMatchObject({ finalAt: noon + minute })
        expect(expired).not.toHaveProperty('dueAt')
        await store.saveSummary(expired, summaryOf('succeeded'), { now: noon + hour, dueAt: undefined })
        expect(await store.getRequest(request.requestId)).toMatchObject({
          finalAt: noon + minute,
          updatedAt: noon + hour,
        })
      })

      test.each([noon + hour, undefined])('that is no longer final loses its time (due %s)', async (dueAt) => {
        const { request } = await recorded()
        await store.saveSummary(request, summaryOf('failed'), { now: noon, dueAt: noon + 1 })
        await store.saveSummary({ ...request, version: 1 }, summaryOf('retrying'), { now: noon, dueAt })
        const stored = await store.getRequest(request.requestId)
        expect(stored).not.toHaveProperty('finalAt')
        expect(stored?.dueAt).toBe(dueAt)
      })

      test('of a deleted request does not recreate it', async () => {
        const gone = aRequest({ requestId: fresh('gone') })
        expect(await store.saveSummary(gone, summaryOf('failed'), later)).toBe(false)
        expect(await store.getRequest(gone.requestId)).toBeUndefined()
      })
    })

    describe('the request for a new summary', () => {
      const wish = (dueAt: number, reopened: number[] = []) => ({ dueAt, reopened: new Set(reopened) })
      const summaryOf = (status: Summary['status']): Summary => initialSummary(1, [], status)

      test('makes the request due and is kept until a summary starts', async () => {
        const { request } = await recorded()
        expect(await store.askForSummary(request, wish(noon + 1, [3]))).toBe(true)
        const asked = (await store.getRequest(request.requestId))!
        expect(asked).toEqual({ ...request, dueAt: noon + 1, askedAt: 0, reopened: new Set([3]) })
        expect(await dueOf(request.requestId, noon + 1)).toMatchObject([{ kind: 'request', dueAt: noon + 1 }])
        expect(await store.beginSummary(asked)).toBe(true)
        expect(await store.getRequest(request.requestId)).toEqual({ ...asked, version: 1 })
      })

      test('fails if the request has changed since it was read, and so does the start of a summary', async () => {
        const { request } = await recorded()
        await store.saveSummary(request, summaryOf('submitted'), { now: noon, dueAt: noon + hour })
        expect(await store.askForSummary(request, wish(noon + 1))).toBe(false)
        expect(await store.beginSummary(request)).toBe(false)
        expect(await store.getRequest(request.requestId)).toMatchObject({ version: 1, dueAt: noon + hour })
      })

      test('that arrives during a summary keeps its date and its submissions when the summary is stored', async () => {
        const { request } = await recorded()
        await store.askForSummary(request, wish(noon + 1, [3]))
        for (const dueAt of [undefined, noon + hour]) {
          const computed = (await store.getRequest(request.requestId))!
          await store.askForSummary(computed, wish(noon + 1, [4]))
          expect(await store.saveSummary(computed, summaryOf('submitted'), { now: noon, dueAt })).toBe(true)
          expect(await store.getRequest(request.requestId)).toMatchObject({
            summary: { status: 'submitted' },
            dueAt: noon + 1,
            reopened: new Set([3, 4]),
          })
        }
      })

      test('is cleared by a summary that started later', async () => {
        const { request } = await recorded()
        await store.askForSummary(request, wish(noon + 1, [3]))
        await store.beginSummary((await store.getRequest(request.requestId))!)
        const computed = (await store.getRequest(request.requestId))!
        await store.saveSummary(computed, summaryOf('submitted'), { now: noon, dueAt: undefined })
        const stored = await store.getRequest(request.requestId)
        expect(stored).not.toHaveProperty('dueAt')
        expect(stored).not.toHaveProperty('reopened')
      })

      test('of a deleted request does not recreate it', async () => {
        const gone = aRequest({ requestId: fresh('gone') })
        expect(await store.askForSummary(gone, wish(noon))).toBe(false)
        expect(await itemsOf(`REQ#${gone.requestId}`)).toEqual([])
      })
    })

    describe('extending the retention of a request', () => {
      const day = 24 * 3600
      /** The seconds by which each item expires later than a request that is kept from noon on, by its key. */
      const endsOf = async (requestId: string) =>
        Object.fromEntries(
          (await itemsOf(`REQ#${requestId}`)).map(({ sk, expiresAt }) => [
            String(sk),
            Number(expiresAt) - noon / 1000 - table.retainSeconds,
          ]),
        )

      test('applies to all its items, unless it would gain less than a day', async () => {
        const { request } = await recorded({ deviceCount: 2500, devicesPerSubmission: 1000 })
        await store.createSubmissions([0, 1000, 2000].map((submission) => aSubmission({ submission }, request)))
        const before = await endsOf(request.requestId)
        await store.keepLonger(request, noon + 24 * hour)
        expect(await endsOf(request.requestId)).toEqual(before)
        await store.keepLonger(request, noon + 25 * hour)
        const { META: end, ...parts } = await endsOf(request.requestId)
        expect(end).toBe(day + 3600)
        expect(Object.values(parts)).toEqual(Array.from({ length: 6 }, () => 2 * day + 3600))
        await store.keepLonger(request, noon)
        expect(await endsOf(request.requestId)).toEqual({ META: end, ...parts })
      })

      test('includes the results of its submissions and their upstream links', async () => {
        const { request, submission } = await recorded({}, { state: 'submitting', attempt: 1 })
        const upstreamRequestId = fresh('upstream')
        await store.saveAccepted(
          submitted({ revision: 1, upstreamRequestIds: [upstreamRequestId] }, request),
          submission!,
          upstream(upstreamRequestId),
        )
        await store.recordResult(aCallback({ upstreamRequestId }), { accountName: account, receivedAt: noon })

        await store.keepLonger(request, noon + 48 * hour)

        const ends = (await itemsOf(`TSR#${account}#${upstreamRequestId}`)).map(({ expiresAt }) => Number(expiresAt))
        expect(ends).toEqual([1, 2].map(() => noon / 1000 + table.retainSeconds + 3 * day))
      })

      test('is not undone by a later change of a submission', async () => {
        const { request, submission } = await recorded({}, { state: 'waiting', attempt: 1 })
        const later = noon + 48 * hour
        await store.keepLonger(request, later)
        await store.saveSubmission({ ...submission!, revision: 1, updatedAt: later + minute }, submission!)
        expect(Object.values(await endsOf(request.requestId)).toSorted((a, b) => a - b)).toEqual([
          2 * day,
          3 * day,
          3 * day + 60,
        ])
      })

      test('does not recreate a deleted request', async () => {
        const gone = aRequest({ requestId: fresh('gone') })
        await store.keepLonger(gone, noon)
        expect(await itemsOf(`REQ#${gone.requestId}`)).toEqual([])
      })
    })

    describe('the cancellation of a request', () => {
      test('is stored once with its first time', async () => {
        const { request } = await recorded()
        await store.markCancelled(request.requestId, noon + minute)
        await store.markCancelled(request.requestId, noon + hour)
        expect(await store.getRequest(request.requestId)).toEqual({
          ...request,
          cancelledAt: noon + minute,
          version: 1,
        })
      })

      test('is not overwritten by a summary that started before it', async () => {
        const { request } = await recorded()
        await store.markCancelled(request.requestId, noon)
        expect(await store.saveSummary(request, request.summary, { now: noon, dueAt: undefined })).toBe(false)
        expect(await store.getRequest(request.requestId)).toMatchObject({ cancelledAt: noon })
      })

      test('does not recreate a deleted request', async () => {
        const gone = fresh('gone')
        await store.markCancelled(gone, noon)
        expect(await store.getRequest(gone)).toBeUndefined()
      })
    })

    describe('the list of requests of an account', () => {
      const accountName = fresh('account')
      const all = Array.from({ length: 7 }, (_, index) =>
        aRequest({
          requestId: fresh(`request-${index}`),
          accountName,
          createdAt: noon + Math.floor(index / 2) * minute,
        }),
      )
      /** Newest first. Of two with the same time, the greater id first. */
      const sorted = all.toSorted((a, b) => b.createdAt - a.createdAt || (a.requestId < b.requestId ? 1 : -1))
      const ids = (requests: ProfileRequest[]) => requests.map(({ requestId }) => requestId)

      beforeAll(async () => {
        for (const request of all) await store.createRequest({ request, parts: partsOf(devicesOf(1)) })
        await recorded({ accountName: `${accountName}-2` })
      })

      test('is ordered newest first and omits other accounts', async () => {
        const { rows, cursor } = await store.listRequests(accountName, {}, { limit: 50 })
        expect(rows).toEqual(sorted)
        expect(cursor).toBeUndefined()
      })

      test.each([1, 2, 3, 7])('has pages of %i without gaps or repetitions', async (limit) => {
        const seen: string[] = []
        let cursor: string | undefined
        for (let page = 0; page < 10; page += 1) {
          const { rows, cursor: next } = await store.listRequests(
            accountName,
            {},
            { limit, ...(cursor === undefined ? {} : { cursor }) },
          )
          expect(rows.length).toBeLessThanOrEqual(limit)
          seen.push(...ids(rows))
          cursor = next
          if (cursor === undefined) break
        }
        expect(cursor).toBeUndefined()
        expect(seen).toEqual(ids(sorted))
      })

      test('can be limited to a range of time with an exclusive end', async () => {
        const range = { createdAfter: noon + minute, createdBefore: noon + 3 * minute }
        const expected = sorted.filter(
          ({ createdAt }) => createdAt >= range.createdAfter && createdAt < range.createdBefore,
        )
        expect(expected).toHaveLength(4)
        const first = await store.listRequests(accountName, range, { limit: 3 })
        const second = await store.listRequests(accountName, range, { limit: 3, cursor: first.cursor! })
        expect([...ids(first.rows), ...ids(second.rows)]).toEqual(ids(expected))
      })

      test.each([
        { createdAfter: noon + 2 * minute, createdBefore: noon + minute },
        { createdAfter: noon + minute, createdBefore: noon + minute },
        { createdAfter: noon + hour },
        { createdBefore: noon },
      ])('is empty for an empty range: %j', async (range) => {
        expect(await store.listRequests(accountName, range, { limit: 5 })).toEqual({ rows: [] })
      })

      test('is empty for an unused account', async () => {
        expect(await store.listRequests(fresh('account'), {}, { limit: 5 })).toEqual({ rows: [] })
      })
    })

    describe('submissions', () => {
      test('are created if they do not exist, and otherwise left unchanged', async () => {
        const { request } = await recorded({ deviceCount: 60, devicesPerSubmission: 1 })
        const changed = aSubmission({ submission: 7, state: 'waiting', attempt: 3 }, request)
        await store.createSubmissions([changed])
        const planned = Array.from({ length: 60 }, (_, submission) => aSubmission({ submission }, request))
        await store.createSubmissions(planned)
        await store.createSubmissions(planned.slice(0, 10))
        expect(await store.listSubmissions(request)).toEqual(planned.with(7, changed))
      })

      test('are returned with all their attributes', async () => {
        const { request } = await recorded()
        const whole: Submission = {
          ...submitted({ claimId: 'claim', awaitsDecision: true, dueAt: noon }, request),
          leaseUntil: noon,
          nextAttemptAt: noon,
          graceEndsAt: noon,
          error: { status: 400, code: 'INVALID', message: 'no' },
          attempts: [
            anAttempt({ cause: 'throttled', error: { status: 429 } }),
            anAttempt({ attempt: 2, outcome: 'accepted', upstreamRequestId: 'upstream' }),
          ],
        }
        await store.createSubmissions([whole])
        expect(await store.getSubmission(request, 0)).toEqual(whole)
      })

      test('count their dead letters, which does not create a submission', async () => {
        const { request } = await recorded()
        const queued = aSubmission({ submission: 0 }, request)
        await store.createSubmissions([queued])
        for (let times = 0; times < 2; times += 1) await store.countDeadLetter(request, 0)
        await store.countDeadLetter(request, 100)
        expect(await store.listSubmissions(request)).toEqual([{ ...queued, deadLetters: 2 }])
      })

      describe('in a range of devices', () => {
        const request = aRequest({ requestId: fresh('request'), deviceCount: 1200, devicesPerSubmission: 100 })
        const split = { deviceCount: 50 }
        const starts = [0, 100, 150, 200, 300, 500, 600, 700, 800, 900, 1000, 1100]
        beforeAll(() =>
          store.createSubmissions(
            starts.map((submission) =>
              aSubmission({ submission, ...(submission === 100 || submission === 150 ? split : {}) }, request),
            ),
          ),
        )

        test.each([
          { from: 0, count: 1, found: [0] },
          { from: 99, count: 1, found: [0] },
          { from: 99, count: 2, found: [0, 100] },
          { from: 120, count: 1, found: [100] },
          { from: 150, count: 1, found: [150] },
          { from: 149, count: 52, found: [100, 150, 200] },
          { from: 400, count: 100, found: [] },
          { from: 399, count: 102, found: [300, 500] },
          { from: 450, count: 1, found: [] },
          { from: 0, count: 1200, found: starts },
          { from: 1199, count: 1, found: [1100] },
          { from: 1150, count: 500, found: [1100] },
        ])('are found for $count devices from $from on', async ({ from, count, found }) => {
          const rows = await store.listSubmissions(request, { from, count })
          expect(rows.map(({ submission }) => submission)).toEqual(found)
        })
      })

      test('can be replaced with the current revision', async () => {
        const { request, submission } = await recorded({}, {})
        const next = { ...submission!, state: 'submitting' as const, attempt: 1, revision: 1, claimId: 'claim' }
        expect(await store.saveSubmission(next, { revision: 0 })).toEqual({ kind: 'saved' })
        expect(await store.getSubmission(request, 0)).toEqual(next)
      })

      test.each([1, 3])('cannot be replaced with the outdated revision %d, whatever their state', async (revision) => {
        const { request, submission } = await recorded({}, { state: 'waiting', attempt: 1, revision: 2 })
        const next = { ...submission!, revision: revision + 1 }
        expect(await store.saveSubmission(next, { revision })).toEqual({ kind: 'changed', current: submission })
        expect(await store.getSubmission(request, 0)).toEqual(submission)
      })

      test('lose the attributes of the old state when they change state', async () => {
        const { request, submission } = await recorded({}, { state: 'waiting', attempt: 1, nextAttemptAt: noon })
        const { nextAttemptAt: _next, dueAt: _due, ...rest } = submission!
        await store.saveSubmission({ ...rest, state: 'cancelled' }, submission!)
        expect(await store.getSubmission(request, 0)).toEqual({ ...rest, state: 'cancelled' })
      })

      test('can be claimed by one of several concurrent workers, and the others see that claim', async () => {
        const { request, submission } = await recorded({}, {})
        const claims = Array.from({ length: 6 }, (_, index) => ({
          ...submission!,
          state: 'submitting' as const,
          attempt: 1,
          revision: 1,
          claimId: `claim-${index}`,
        }))
        const outcomes = await Promise.all(claims.map((claim) => store.saveSubmission(claim, { revision: 0 })))
        const [winner, ...others] = claims.filter((_, index) => outcomes[index]?.kind === 'saved')
        expect(others).toEqual([])
        expect(await store.getSubmission(request, 0)).toEqual(winner)
        expect(outcomes.filter(({ kind }) => kind === 'changed')).toEqual(
          Array.from({ length: 5 }, () => ({ kind: 'changed', current: winner })),
        )
      })

      test('that are deleted cannot be replaced', async () => {
        const gone = aSubmission({ requestId: fresh('gone') })
        await expect(store.saveSubmission(gone, gone)).rejects.toThrow('no longer exists')
        expect(await store.getSubmission(gone, 0)).toBeUndefined()
      })
    })

    describe('an accepted submission', () => {
      const begin = async () => {
        const upstreamRequestId = fresh('upstream')
        const { request, submission } = await recorded({}, { state: 'submitting', attempt: 1 })
        const accepted: Submission = {
          ...submission!,
          state: 'submitted',
          revision: 1,
          upstreamRequestIds: [upstreamRequestId],
        }
        return { request, begun: submission!, accepted, upstreamRequestId }
      }

      test('is stored together with the upstream link of its upstream request id', async () => {
        const { request, begun, accepted, upstreamRequestId } = await begin()
        expect(await store.saveAccepted(accepted, begun, upstream(upstreamRequestId))).toEqual({ kind: 'saved' })
        expect(await store.getSubmission(request, 0)).toEqual(accepted)
        expect(await store.findUpstreamLink(upstream(upstreamRequestId))).toEqual({
          requestId: request.requestId,
          submission: 0,
        })
      })

      test('with a failed condition writes no upstream link', async () => {
        const { begun, accepted, upstreamRequestId } = await begin()
        const outcome = await store.saveAccepted(accepted, { revision: 7 }, upstream(upstreamRequestId))
        expect(outcome).toEqual({ kind: 'changed', current: begun })
        expect(await store.findUpstreamLink(upstream(upstreamRequestId))).toBeUndefined()
      })

      test('may be stored again with the same upstream link', async () => {
        const { accepted, begun, upstreamRequestId } = await begin()
        await store.saveAccepted(accepted, begun, upstream(upstreamRequestId))
        expect(await store.saveAccepted(accepted, accepted, upstream(upstreamRequestId))).toEqual({ kind: 'saved' })
      })

      test('adopts one of two concurrent upstream request ids, and shows it to the other', async () => {
        const { request, begun, accepted, upstreamRequestId } = await begin()
        await store.saveAccepted(accepted, begun, upstream(upstreamRequestId))
        const further = [fresh('upstream'), fresh('upstream')]
        const both = further.map((id) => ({ ...accepted, revision: 2, upstreamRequestIds: [upstreamRequestId, id] }))
        const outcomes = await Promise.all(
          both.map((next, index) => store.saveAccepted(next, accepted, upstream(further[index]!)).catch(String)),
        )
        const winner = outcomes.findIndex((outcome) => typeof outcome === 'object' && outcome.kind === 'saved')
        // The loser sees the winner, or (as DynamoDB allows) a transaction conflict.
        expect(outcomes.filter((outcome) => typeof outcome === 'object' && outcome.kind === 'saved')).toHaveLength(1)
        expect(await store.getSubmission(request, 0)).toEqual(both[winner])
        expect(await store.findUpstreamLink(upstream(further[1 - winner]!))).toBeUndefined()
        expect(await store.saveAccepted(both[1 - winner]!, accepted, upstream(further[1 - winner]!))).toEqual({
          kind: 'changed',
          current: both[winner],
        })
      })

      test('cannot take over the upstream request id of another submission', async () => {
        const one = await begin()
        const two = await begin()
        await store.saveAccepted(one.accepted, one.begun, upstream(one.upstreamRequestId))
        await expect(store.saveAccepted(two.accepted, two.begun, upstream(one.upstreamRequestId))).rejects.toThrow(
          'already belongs to another submission',
        )
        expect(await store.getSubmission(two.request, 0)).toEqual(two.begun)
        expect(await store.findUpstreamLink(upstream(one.upstreamRequestId))).toEqual({
          requestId: one.request.requestId,
          submission: 0,
        })
      })

      test('has an upstream link only for an upstream request id that was assigned', async () => {
        expect(await store.findUpstreamLink(upstream(fresh('upstream')))).toBeUndefined()
      })
    })

    describe('a split submission', () => {
      const begin = async () => {
        const { request, submission } = await recorded({ deviceCount: 4 }, { state: 'submitting', attempt: 1 })
        const first: Submission = { ...submission!, state: 'waiting', revision: 1, deviceCount: 2 }
        const second: Submission = { ...first, submission: 2, firstDevice: 2, splitFrom: 0 }
        return { request, begun: submission!, first, second }
      }

      test('is stored as two', async () => {
        const { request, begun, first, second } = await begin()
        expect(await store.saveSplit({ first, second }, begun)).toEqual({ kind: 'saved' })
        expect(await store.listSubmissions(request)).toEqual([first, second])
      })

      test('stays one if the condition fails', async () => {
        const { request, begun, first, second } = await begin()
        expect(await store.saveSplit({ first, second }, { revision: 9 })).toEqual({
          kind: 'changed',
          current: begun,
        })
        expect(await store.listSubmissions(request)).toEqual([begun])
      })

      test('refuses the identical split the second time', async () => {
        const { request, begun, first, second } = await begin()
        await store.saveSplit({ first, second }, begun)
        expect(await store.saveSplit({ first, second }, begun)).toEqual({ kind: 'changed', current: first })
        expect(await store.listSubmissions(request)).toEqual([first, second])
      })
    })

    describe('a callback', () => {
      const arrival = (minutes = 1) => ({ accountName: account, receivedAt: noon + minutes * minute })
      const callbackOf =
        (upstreamRequestId: string) =>
        (over: Parameters<typeof aCallback>[0] = {}) =>
          aCallback({ upstreamRequestId, ...over })

      test('is stored as a result with its content', async () => {
        const of = callbackOf(fresh('upstream'))
        const callback = of({
          note: 'already active',
          status: 'Success',
          profileStatus: 'Enabled',
          state: 'ready',
          profileRole: 'operational',
          euicc: { status: 'EXECUTED_SUCCESS', code: '0' },
          fault: { code: '1', message: 'no' },
        })
        expect(await store.recordResult(callback, arrival())).toBe('recorded')
        const { digest: _digest, ...said } = callback
        expect(await store.listResults(upstream(callback.upstreamRequestId))).toEqual([
          { ...said, accountName: account, firstReceivedAt: noon + minute, receivedAt: noon + minute },
        ])
      })

      test('that arrives again is a duplicate and changes nothing', async () => {
        const of = callbackOf(fresh('upstream'))
        await store.recordResult(of(), arrival(1))
        const [before] = await store.listResults(upstream(of().upstreamRequestId))
        expect(await store.recordResult(of(), arrival(2))).toBe('duplicate')
        expect(await store.listResults(upstream(of().upstreamRequestId))).toEqual([before])
      })

      test('that arrives many times concurrently is stored once', async () => {
        const of = callbackOf(fresh('upstream'))
        const outcomes = await Promise.all(Array.from({ length: 6 }, () => store.recordResult(of(), arrival())))
        expect(outcomes.toSorted()).toEqual([...Array.from({ length: 5 }, () => 'duplicate'), 'recorded'])
        expect(await store.listResults(upstream(of().upstreamRequestId))).toHaveLength(1)
      })

      test.each([
        { first: 'warning', second: 'succeeded' },
        { first: 'warning', second: 'failed' },
        { first: 'warning', second: 'expired' },
        { first: 'expired', second: 'succeeded' },
        { first: 'expired', second: 'failed' },
      ] as const)('that reports $second replaces $first', async ({ first, second }) => {
        const of = callbackOf(fresh('upstream'))
        await store.recordResult(of({ verdict: first }), arrival(1))
        expect(await store.recordResult(of({ verdict: second }), arrival(2))).toBe('recorded')
        expect(await store.listResults(upstream(of().upstreamRequestId))).toMatchObject([
          { verdict: second, firstReceivedAt: noon + minute, receivedAt: noon + 2 * minute },
        ])
        expect(await store.recordResult(of({ verdict: first }), arrival(3))).toBe('duplicate')
        expect(await store.recordResult(of({ verdict: second }), arrival(3))).toBe('duplicate')
      })

      test('that replaces another one leaves none of its attributes', async () => {
        const of = callbackOf(fresh('upstream'))
        await store.recordResult(
          of({
            verdict: 'expired',
            note: 'timed out',
            fault: { code: 'E1' },
            euicc: { status: 'TIMEOUT' },
            state: 'x',
          }),
          arrival(1),
        )
        await store.recordResult(of({ verdict: 'succeeded', status: 'Success' }), arrival(2))
        const [result] = await store.listResults(upstream(of().upstreamRequestId))
        expect(result).toEqual({
          upstreamRequestId: of().upstreamRequestId,
          accountName: account,
          identifiers: aDevice(0),
          verdict: 'succeeded',
          status: 'Success',
          raw: of().raw,
          firstReceivedAt: noon + minute,
          receivedAt: noon + 2 * minute,
        })
      })

      test.each([
        { first: 'succeeded', second: 'warning' },
        { first: 'failed', second: 'expired' },
        { first: 'expired', second: 'warning' },
      ] as const)('that reports $second beside $first is kept as evidence', async ({ first, second }) => {
        const of = callbackOf(fresh('upstream'))
        await store.recordResult(of({ verdict: first }), arrival(1))
        const late = of({ verdict: second })
        expect(await store.recordResult(late, arrival(2))).toBe('outranked')
        const [result] = await store.listResults(upstream(of().upstreamRequestId))
        expect(result).toMatchObject({
          verdict: first,
          receivedAt: noon + minute,
          others: [{ digest: late.digest, verdict: second, receivedAt: noon + 2 * minute, raw: late.raw }],
        })
        expect(result).not.toHaveProperty('conflict')
        expect(await store.recordResult(late, arrival(3))).toBe('duplicate')
      })

      test('that says the same in other words is evidence and no conflict', async () => {
        const of = callbackOf(fresh('upstream'))
        await store.recordResult(of(), arrival(1))
        expect(await store.recordResult(of({ digest: 'other words' }), arrival(2))).toBe('outranked')
      })

      test('that contradicts a final result is kept, and the conflict is flagged', async () => {
        const of = callbackOf(fresh('upstream'))
        await store.recordResult(of({ verdict: 'succeeded' }), arrival(1))
        expect(await store.recordResult(of({ verdict: 'failed' }), arrival(2))).toBe('conflict')
        expect(await store.listResults(upstream(of().upstreamRequestId))).toMatchObject([
          { verdict: 'succeeded', conflict: true, others: [{ verdict: 'failed' }] },
        ])
      })

      test('is either the result or the conflict if two contradicting ones arrive concurrently', async () => {
        const of = callbackOf(fresh('upstream'))
        const outcomes = await Promise.all(
          (['succeeded', 'failed'] as const).map((verdict) => store.recordResult(of({ verdict }), arrival())),
        )
        expect(outcomes.toSorted()).toEqual(['conflict', 'recorded'])
      })

      test('is refused if the result is full, so that the caller can quarantine it', async () => {
        const of = callbackOf(fresh('upstream'))
        await store.recordResult(of(), arrival())
        for (let index = 0; index < 8; index += 1) {
          expect(await store.recordResult(of({ digest: `words ${index}` }), arrival())).toBe('outranked')
        }
        expect(await store.recordResult(of({ digest: 'words 8' }), arrival())).toBe('full')
        expect(await store.recordResult(of({ digest: 'words 7' }), arrival())).toBe('duplicate')
        const [result] = await store.listResults(upstream(of().upstreamRequestId))
        expect(result?.others).toHaveLength(8)
      })

      describe('with a large message', () => {
        const { ownBytes, othersBytes } = resultLimits
        /** Three bytes per character, padded with single bytes. */
        const bytesOf = (count: number) => '\u20ac'.repeat(Math.floor(count / 3)) + 'x'.repeat(count % 3)
        const words = bytesOf(3000)
        const wordy = {
          note: words,
          status: words,
          state: words,
          profileRole: words,
          profileStatus: words,
          euicc: { status: words, code: words, description: words },
          fault: { code: words, message: words },
        }

        test('is kept beside the result up to the size limit and refused one byte above it', async () => {
          const of = callbackOf(fresh('upstream'))
          expect(await store.recordResult(of({ verdict: 'warning', raw: bytesOf(ownBytes) }), arrival())).toBe(
            'recorded',
          )
          const each = Math.floor(othersBytes / 8)
          // Everything stored of a message counts, not only its text.
          const said = (digest: string) => JSON.stringify({ verdict: 'warning', digest, receivedAt: noon }).length
          for (let index = 0; index < 7; index += 1) {
            const digest = `${'d'.repeat(60)} ${index}`
            const other = of({ verdict: 'warning', digest, raw: bytesOf(each - said(digest)) })
            expect(await store.recordResult(other, arrival())).toBe('outranked')
          }
          const rest = othersBytes - 7 * each - said('last')
          const over = of({ verdict: 'warning', digest: 'over', raw: bytesOf(rest + 1) })
          expect(await store.recordResult(over, arrival())).toBe('full')
          const last = of({ verdict: 'warning', digest: 'last', raw: bytesOf(rest) })
          expect(await store.recordResult(last, arrival())).toBe('outranked')
          const final = of({ verdict: 'succeeded', digest: 'final', ...wordy, raw: bytesOf(ownBytes) })
          expect(await store.recordResult(final, arrival())).toBe('recorded')
          const [result] = await store.listResults(upstream(of().upstreamRequestId))
          expect(result?.verdict).toBe('succeeded')
          expect(result?.others).toHaveLength(8)
        })

        test('flags a conflict even if it does not fit beside the result', async () => {
          const of = callbackOf(fresh('upstream'))
          await store.recordResult(of({ verdict: 'succeeded' }), arrival())
          const failed = of({ verdict: 'failed', raw: bytesOf(othersBytes + 1) })
          expect(await store.recordResult(failed, arrival())).toBe('full')
          expect(await store.recordResult(failed, arrival())).toBe('full')
          const [result] = await store.listResults(upstream(of().upstreamRequestId))
          expect(result).toMatchObject({ verdict: 'succeeded', conflict: true })
          expect(result).not.toHaveProperty('others')
        })

        test('is refused if it is too large for a result', async () => {
          const of = callbackOf(fresh('upstream'))
          expect(await store.recordResult(of({ raw: bytesOf(ownBytes + 1) }), arrival())).toBe('full')
          expect(await store.listResults(upstream(of().upstreamRequestId))).toEqual([])
        })

        test('is refused without an error if it is one of nine of 60 KB about one device', async () => {
          const of = callbackOf(fresh('upstream'))
          const outcomes = await Promise.all(
            Array.from({ length: 9 }, (_, index) =>
              store.recordResult(of({ digest: `nine ${index}`, raw: bytesOf(60_000) }), arrival()),
            ),
          )
          const count = (outcome: string) => outcomes.filter((each) => each === outcome).length
          expect([count('recorded'), count('outranked'), count('full')]).toEqual([1, 2, 6])
          const [result] = await store.listResults(upstream(of().upstreamRequestId))
          expect(result?.others).toHaveLength(2)
        })
      })

      test('for each device and each profile is a result of its own', async () => {
        const of = callbackOf(fresh('upstream'))
        const named: Device[] = [
          aDevice(1),
          [aDevice(1)[0]!, { kind: 'iccid', id: iccidOf(2) }],
          [{ kind: 'eid', id: eidOf(1) }],
          [{ kind: 'imei', id: imeiOf(1) }],
          [{ kind: 'iccid', id: iccidOf(1) }],
        ]
        for (const identifiers of named) await store.recordResult(of({ identifiers: [...identifiers] }), arrival())
        const results = await store.listResults(upstream(of().upstreamRequestId))
        expect(results).toHaveLength(5)
        expect(results.map(({ identifiers }) => identifiers)).toEqual(expect.arrayContaining(named))
      })

      test('with another upstream request id is another result', async () => {
        const [one, two] = [callbackOf(fresh('upstream')), callbackOf(fresh('upstream'))]
        await store.recordResult(one(), arrival())
        expect(await store.recordResult(two(), arrival())).toBe('recorded')
        expect(await store.listResults(upstream(one().upstreamRequestId))).toHaveLength(1)
      })

      test('is listed with all other results, however large they are together', async () => {
        const of = callbackOf(fresh('upstream'))
        const raw = 'x'.repeat(120_000)
        for (let index = 0; index < 12; index += 1) {
          await store.recordResult(of({ identifiers: [...aDevice(index)], raw }), arrival())
        }
        expect(await store.listResults(upstream(of().upstreamRequestId))).toHaveLength(12)
      })

      test('is separate from the upstream link and the orphan of its upstream request id', async () => {
        const of = callbackOf(fresh('upstream'))
        const { upstreamRequestId } = of()
        expect(await store.listResults(upstream(upstreamRequestId))).toEqual([])
        await store.saveOrphan({ ...upstream(upstreamRequestId), firstReceivedAt: noon, dueAt: noon }, aDevice(0))
        await store.recordResult(of(), arrival())
        expect(await store.listResults(upstream(upstreamRequestId))).toHaveLength(1)
      })
    })

    describe('an orphan', () => {
      const anOrphan = () => ({
        upstreamRequestId: fresh('upstream'),
        accountName: account,
        firstReceivedAt: noon,
        dueAt: noon + minute,
      })
      const dueOrphans = async (upstreamRequestId: string, now: number) =>
        (await store.listDue(now, 1000)).filter(
          (item) => item.kind === 'orphan' && item.upstreamRequestId === upstreamRequestId,
        )

      test('is stored as first seen and is due', async () => {
        const orphan = anOrphan()
        await store.saveOrphan(orphan, aDevice(0))
        await store.saveOrphan({ ...orphan, firstReceivedAt: noon + hour, dueAt: noon + hour }, [])
        expect(await store.getOrphan(upstream(orphan.upstreamRequestId))).toEqual(orphan)
        expect(await dueOrphans(orphan.upstreamRequestId, noon)).toEqual([])
        expect(await dueOrphans(orphan.upstreamRequestId, noon + minute)).toEqual([
          { kind: 'orphan', ...upstream(orphan.upstreamRequestId), dueAt: noon + minute },
        ])
      })

      test('is listed with everything else that is due', async () => {
        await recorded()
        const orphan = { ...anOrphan(), dueAt: noon + 1000 * hour }
        await store.saveOrphan(orphan, aDevice(0))
        const listed = expect.objectContaining(upstream(orphan.upstreamRequestId)) as unknown
        expect(await store.listOrphans(1000)).toContainEqual(listed)
        expect(await store.listOrphans(1)).toHaveLength(1)
        await store.removeOrphan(orphan)
        expect(await store.listOrphans(1000)).not.toContainEqual(listed)
      })

      test('is returned as first seen when it is stored again', async () => {
        const first = anOrphan()
        expect(await store.saveOrphan(first, aDevice(0))).toEqual(first)
        const later = { ...first, firstReceivedAt: noon + hour, dueAt: noon + hour }
        expect(await store.saveOrphan(later, aDevice(0))).toEqual(first)
      })

      test('is found by every identifier in its callbacks, in any spelling, and by no other', async () => {
        const [one, two, profile] = [freshEid(), freshEid(), { kind: 'iccid' as const, id: freshEid().id.slice(0, 20) }]
        const [first, other] = [anOrphan(), anOrphan()]
        await store.saveOrphan(first, [one, profile, { kind: 'mdn', id: '5551230001' }])
        await store.saveOrphan(first, [two])
        await store.saveOrphan(other, [one])
        await store.saveOrphan({ ...anOrphan(), accountName: 'another account' }, [one])
        const found = async (...named: Identifier[]) => (await store.listOrphansOf(account, named)).toSorted()
        expect(await found(one)).toEqual([first, other].map(({ upstreamRequestId }) => upstreamRequestId).toSorted())
        expect(await found(two)).toEqual([first.upstreamRequestId])
        expect(await found(profile)).toEqual([first.upstreamRequestId])
        expect(await found({ kind: 'msisdn', id: '15551230001' })).toEqual([first.upstreamRequestId])
        expect(await found(freshEid())).toEqual([])
      })

      test('can be postponed and removed repeatedly', async () => {
        const orphan = anOrphan()
        await store.saveOrphan(orphan, aDevice(0))
        await store.postponeOrphan(orphan, noon + hour)
        expect(await store.getOrphan(upstream(orphan.upstreamRequestId))).toEqual({ ...orphan, dueAt: noon + hour })
        expect(await dueOrphans(orphan.upstreamRequestId, noon + minute)).toEqual([])
        for (let times = 0; times < 2; times += 1) await store.removeOrphan(orphan)
        await store.postponeOrphan(orphan, noon)
        expect(await store.getOrphan(upstream(orphan.upstreamRequestId))).toBeUndefined()
        expect(await dueOrphans(orphan.upstreamRequestId, noon + hour)).toEqual([])
      })
    })

    describe('a due item', () => {
      test('is listed from its due time on, oldest first, whatever its kind', async () => {
        const { request } = await recorded({ deviceCount: 300, dueAt: noon + 2 * minute })
        const { requestId, generation } = request
        await store.createSubmissions([
          aSubmission({ submission: 0, dueAt: noon + 3 * minute }, request),
          aSubmission({ submission: 100, dueAt: noon + minute }, request),
          aSubmission({ submission: 200, dueAt: noon + hour }, request),
        ])
        expect(await dueOf(requestId, noon + minute - 1)).toEqual([])
        expect(await dueOf(requestId, noon + 3 * minute)).toEqual([
          { kind: 'submission', requestId, generation, submission: 100, dueAt: noon + minute },
          { kind: 'request', requestId, dueAt: noon + 2 * minute },
          { kind: 'submission', requestId, generation, submission: 0, dueAt: noon + 3 * minute },
        ])
      })

      test('is not listed after its due date was removed', async () => {
        const { request, submission } = await recorded({}, { state: 'submitting', attempt: 1 })
        const { dueAt: _due, ...rest } = submission!
        await store.saveSubmission({ ...rest, state: 'rejected' }, submission!)
        await store.saveSummary(request, request.summary, { now: noon, dueAt: undefined })
        expect(await dueOf(request.requestId, noon + 24 * hour)).toEqual([])
      })

      test('that awaits a decision is listed separately', async () => {
        const { request, submission } = await recorded({ dueAt: noon + hour }, { state: 'submitting', attempt: 1 })
        const { requestId, generation } = request
        const undecided = { ...submission!, state: 'unconfirmed' as const, awaitsDecision: true, dueAt: noon }
        await store.saveSubmission(undecided, submission!)
        const awaiting = async () =>
          (await store.listAwaitingDecision(1000)).filter((item) => 'requestId' in item && item.requestId === requestId)
        expect(await dueOf(requestId, noon + minute)).toEqual([])
        expect(await awaiting()).toEqual([{ kind: 'submission', requestId, generation, submission: 0, dueAt: noon }])
        const { awaitsDecision: _awaits, ...rest } = undecided
        await store.saveSubmission({ ...rest, state: 'waiting', dueAt: noon + minute }, undecided)
        expect(await awaiting()).toEqual([])
        expect(await dueOf(requestId, noon + minute)).toHaveLength(1)
      })

      test('can be postponed unless its due date has changed meanwhile', async () => {
        const { request } = await recorded({ dueAt: noon }, { state: 'submitting', attempt: 1, dueAt: noon })
        const { requestId } = request
        const [first, second] = await dueOf(requestId, noon)
        await store.askForSummary(request, { dueAt: noon - minute, reopened: new Set() })
        for (const item of [first!, second!]) await store.postponeDue(item, noon + hour)
        expect(await dueOf(requestId, noon)).toEqual([{ kind: 'request', requestId, dueAt: noon - minute }])
        expect(await dueOf(requestId, noon + hour)).toHaveLength(2)
        expect(await store.getSubmission(request, 0)).toMatchObject({ dueAt: noon + hour, state: 'submitting' })
      })

      test('that was removed is not recreated by postponing it', async () => {
        const upstreamRequestId = fresh('upstream')
        await store.postponeDue({ kind: 'orphan', ...upstream(upstreamRequestId), dueAt: noon }, noon + hour)
        expect(await store.getOrphan(upstream(upstreamRequestId))).toBeUndefined()
      })

      test('that cannot be read is listed as such, hides no other and can be postponed', async () => {
        const key = { pk: fresh('STRANGE'), sk: 'ITEM' }
        const { request } = await recorded({ dueAt: noon })
        await table.client.send(
          new PutCommand({ TableName: table.tableName, Item: { ...key, dueBucket: 'DUE#0', dueAt: noon } }),
        )
        const strange = async (now: number) =>
          (await store.listDue(now, 1000)).filter((item) => item.kind === 'unreadable' && item.pk === key.pk)
        const [item] = await strange(noon)
        expect(item).toEqual({ kind: 'unreadable', ...key, dueAt: noon })
        expect(await dueOf(request.requestId, noon)).toHaveLength(1)
        await store.postponeDue(item!, noon + hour)
        expect(await strange(noon + minute)).toEqual([])
      })

      test('is among the oldest of its shard, because the list is limited', async () => {
        const requests = await Promise.all(Array.from({ length: 40 }, () => recorded({ dueAt: noon - hour })))
        const due = await store.listDue(noon - hour, 1)
        expect(due.length).toBeGreaterThan(0)
        expect(due.length).toBeLessThanOrEqual(dueShards)
        const found = await store.listDue(noon - hour, 100)
        expect(found.map((item) => 'requestId' in item && item.requestId)).toEqual(
          expect.arrayContaining(requests.map(({ request }) => request.requestId)),
        )
      })

      test('is on exactly one page of one shard, oldest first, also if items between pages are gone', async () => {
        const dueAt = noon - 2 * hour
        const requests = await Promise.all(
          Array.from({ length: 40 }, (_, index) => recorded({ dueAt: dueAt + (index % 3) })),
        )
        const found: DueItem[] = []
        for (let shard = 0; shard < dueShards; shard += 1) {
          let after: DueItem | undefined
          do {
            const page = await store.listDueOf(shard, { before: dueAt + 2, limit: 2, after })
            expect(page.length).toBeLessThanOrEqual(2)
            expect(page).toEqual(page.toSorted((one, other) => one.dueAt - other.dueAt))
            found.push(...page)
            after = page.length < 2 ? undefined : page.at(-1)
            for (const item of page) await store.postponeDue(item, noon + 1000 * hour)
          } while (after !== undefined)
        }
        const ids = found.flatMap((item) => ('requestId' in item ? [item.requestId] : []))
        const wanted = requests.map(({ request }) => request.requestId)
        expect(ids.filter((id) => wanted.includes(id)).toSorted()).toEqual(wanted.toSorted())
      })

      test('is found in each bucket that code with four buckets wrote', async () => {
        for (const shard of [0, 1, 2, 3]) {
          const key = { pk: fresh('OLDER'), sk: 'ITEM' }
          const item = { ...key, dueBucket: `DUE#${shard}`, dueAt: noon - 3 * hour }
          await table.client.send(new PutCommand({ TableName: table.tableName, Item: item }))
          const found = await store.listDueOf(shard, { before: noon - 3 * hour, limit: 100 })
          expect(found).toContainEqual({ kind: 'unreadable', ...key, dueAt: noon - 3 * hour })
        }
      })
    })

    describe('device links', () => {
      const linkTo = (identifier: Identifier, over: Partial<DeviceLink> = {}): DeviceLink => ({
        identifier,
        requestId: 'request-1',
        generation: 'generation-1',
        position: 0,
        accountName: account,
        action: 'disable',
        createdAt: noon,
        ...over,
      })

      test('lead from a device to its requests, newest first, in pages', async () => {
        const eid = freshEid()
        const links = Array.from({ length: 60 }, (_, index) =>
          linkTo(eid, { requestId: `request-${index}`, position: index, createdAt: noon + index * minute }),
        )
        await store.writeLinks(links)
        const newestFirst = links.toReversed()
        const first = await store.listLinks(identifierKey(eid), { limit: 25 })
        const second = await store.listLinks(identifierKey(eid), { limit: 25, cursor: first.cursor! })
        const third = await store.listLinks(identifierKey(eid), { limit: 25, cursor: second.cursor! })
        expect([first.rows.length, second.rows.length, third.rows.length]).toEqual([25, 25, 10])
        expect([...first.rows, ...second.rows, ...third.rows]).toEqual(newestFirst)
        expect(third.cursor).toBeUndefined()
      })

      test('of many devices are all written and can be written again', async () => {
        const eids = Array.from({ length: 230 }, freshEid)
        const links = eids.map((eid, position) => linkTo(eid, { position }))
        await store.writeLinks(links)
        await store.writeLinks(links)
        for (const position of [0, 24, 25, 229]) {
          expect(await store.listLinks(identifierKey(eids[position]!), { limit: 5 })).toEqual({
            rows: [links[position]],
          })
        }
      })

      test('of one EID with two profiles in one request are two', async () => {
        const eid = freshEid()
        await store.writeLinks([linkTo(eid, { position: 0 }), linkTo(eid, { position: 1 })])
        const { rows } = await store.listLinks(identifierKey(eid), { limit: 5 })
        expect(rows.map(({ position }) => position)).toEqual([1, 0])
      })

      test('from results form a separate list with cursors of the same kind', async () => {
        const eid = freshEid()
        const ordered = linkTo(eid, { createdAt: noon })
        const told = [1, 2].map((minutes) => linkTo(eid, { namedBy: 'result', createdAt: noon + minutes * minute }))
        await store.writeLinks([ordered, ...told])
        const key = identifierKey(eid)
        expect(await store.listLinks(key, { limit: 5 })).toEqual({ rows: [ordered] })
        expect(await store.listLinks(key, { limit: 5 }, 'order')).toEqual({ rows: [ordered] })
        expect((await store.listLinks(key, { limit: 5 }, 'result')).rows).toEqual(told.toReversed())
        const cursor = store.cursorBehindLink(told[1]!)
        expect((await store.listLinks(key, { limit: 5, cursor }, 'result')).rows).toEqual([told[0]])
        expect((await store.listLinks(key, { limit: 5, cursor })).rows).toEqual([ordered])
      })

      test('of an unknown device are empty, and writing an empty list does nothing', async () => {
        await store.writeLinks([])
        expect(await store.listLinks(identifierKey(freshEid()), { limit: 5 })).toEqual({ rows: [] })
      })
    })

    describe('the quarantine', () => {
      const kept = async () => {
        const rows = []
        let cursor: string | undefined
        do {
          const page = await quarantineReview(table).listQuarantine({
            limit: 2,
            ...(cursor === undefined ? {} : { cursor }),
          })
          rows.push(...page.rows)
          cursor = page.cursor
        } while (cursor !== undefined)
        return rows
      }

      test('stores a message once, however often it is written, and lists it once, page by page', async () => {
        const [one, ...others] = Array.from({ length: 9 }, () => fresh('message'))
        const message = { accountName: account, receivedAt: noon, reason: 'not-json', raw: one! }
        for (let times = 0; times < 3; times += 1) await store.quarantine(message)
        for (const raw of others) await store.quarantine({ ...message, raw })

        const rows = (await kept()).filter(({ raw }) => raw === one || others.includes(raw))

        expect(new Set(rows.map(({ raw }) => raw))).toEqual(new Set([one, ...others]))
        expect(rows).toHaveLength(9)
        expect(rows.find(({ raw }) => raw === one)).toMatchObject({ ...message, count: 1, lastReceivedAt: noon })
      })

      test('counts equal messages of one day in one item', async () => {
        const raw = fresh('message')
        for (const after of [0, 1000, 5000, 1000]) {
          await store.quarantine({ accountName: account, receivedAt: noon + after, reason: 'not-json', raw })
        }
        await store.quarantine({ accountName: 'another', receivedAt: noon, reason: 'not-json', raw })

        expect((await kept()).filter((row) => row.raw === raw && row.accountName === account)).toMatchObject([
          { count: 3, receivedAt: noon, lastReceivedAt: noon + 5000 },
        ])
      })

      test('spreads messages over several partitions', async () => {
        for (let at = 0; at < 40; at += 1) {
          await store.quarantine({ accountName: account, receivedAt: noon, reason: 'spread', raw: fresh('message') })
        }
        const partitions = (await kept()).map(({ id }) => id.slice(0, id.indexOf('/')))

        expect(new Set(partitions).size).toBeGreaterThan(3)
      })

      test('cuts a text at the size limit of an item, at a whole character', async () => {
        const [label, long] = [fresh('message'), '😀'.repeat(250_000)]
        await store.quarantine({ accountName: account, receivedAt: noon, reason: label, raw: `x${long}` })
        await store.quarantine({ accountName: account, receivedAt: noon, reason: `${label}-2`, raw: 'a\ud83db' })
        const row = (await kept()).find(({ reason }) => reason === label)
        const repaired = (await kept()).find(({ reason }) => reason === `${label}-2`)

        expect(row?.raw).toMatch(/^x(😀)+\[cut: 500001 characters in all\]$/u)
        expect(Buffer.byteLength(row?.raw ?? '')).toBeGreaterThan(349_000)
        expect(repaired?.raw).toBe('a\ufffdb')
        for (const { id } of [row!, repaired!]) await quarantineReview(table).removeQuarantined(id)
      })

      test('finds a message by what it seems to name, newest first, until it is removed', async () => {
        const [one, other, never] = [fresh('mention'), fresh('mention'), fresh('mention')]
        const review = quarantineReview(table)
        const message = { accountName: account, receivedAt: noon, reason: 'not-json', raw: fresh('message') }
        const later = { ...message, receivedAt: noon + 86_400_000, raw: fresh('message') }
        await store.quarantine(message, [one, other])
        await store.quarantine(message, [one, other])
        await store.quarantine(later, [other])

        expect(await review.listMentions([one], 10)).toMatchObject([message])
        expect(await review.listMentions([one, other, never], 10)).toMatchObject([later, message])
        expect(await review.listMentions([one, other], 1)).toMatchObject([later])
        expect(await review.listMentions([never], 10)).toEqual([])
        for (const { id } of await review.listMentions([other], 10)) await review.removeQuarantined(id)
        expect(await review.listMentions([one, other], 10)).toEqual([])
      })

      test('lets an operator dismiss a message once, with a reason and a name', async () => {
        const raw = fresh('message')
        await store.quarantine({ accountName: account, receivedAt: noon, reason: 'not-json', raw })
        const message = (await kept()).find((row) => row.raw === raw)
        const dismissal = { by: 'operator:kim', why: 'a scanner', at: noon + 1 }

        expect(await quarantineReview(table).dismissQuarantined(message!, dismissal)).toBe(true)
        expect(await quarantineReview(table).dismissQuarantined(message!, dismissal)).toBe(false)

        expect((await kept()).filter((row) => row.raw === raw)).toEqual([])
        const { rows } = await quarantineReview(table).listDismissed({ limit: 1000 })
        const { raw: _raw, ...about } = message!
        expect(rows.filter(({ id }) => id === message!.id)).toEqual([{ ...about, ...dismissal }])
      })

      test('counts messages that are not stored by minute, reason and account, in several items', async () => {
        const accountName = fresh('account')
        for (const after of [0, 16, 1, 61_000]) {
          await store.countUnkept({ accountName, receivedAt: noon + after, reason: 'not-json' })
        }
        const all = (await Promise.all(unkeptPartitions.map(itemsOf))).flat()
        const counts = all.filter((item) => item['accountName'] === accountName)

        expect(counts.map(({ count }) => String(count)).toSorted()).toEqual(['1', '1', '2'])
        expect(new Set(counts.map(({ pk }) => String(pk))).size).toBeGreaterThan(1)
      })
    })

    describe('the audit', () => {
      const retainSeconds = 400 * 86_400
      const day = '2031-03-04'
      const midday = Date.parse(`${day}T12:00:00Z`)
      const intent = (id: string, at: number) =>
        ({ id, at, act: 'request.retry', actor: 'kim', via: 'api', subject: 'request-1', detail: {} }) as const

      test('lists the entries of a day with their outcomes, newest first and page by page', async () => {
        const audit = auditStore(table, { retainSeconds })
        const ids = [fresh('a'), fresh('b'), fresh('c')]
        for (const [index, id] of ids.entries()) await audit.appendAudit(intent(id, midday + index))
        await audit.appendOutcome({ id: ids[1]!, at: midday + 1 }, { at: midday + 9, result: 'done', detail: { n: 1 } })

        const read = async (limit: number) => {
          const found: [string, string | undefined][] = []
          let [before, more]: [string | undefined, boolean] = [undefined, true]
          while (more) {
            const page = await audit.listAuditDay({ day, before, limit })
            found.push(...page.entries.map((entry): [string, string | undefined] => [entry.id, entry.outcome?.result]))
            const last = page.entries.at(-1)
            before = last === undefined ? before : auditPosition(last)
            more = page.more
          }
          return found.filter(([id]) => ids.includes(id))
        }
        const expected = [
          [ids[2], undefined],
          [ids[1], 'done'],
          [ids[0], undefined],
        ]
        for (const limit of [1, 2, 50]) expect(await read(limit)).toEqual(expected)
      })

      test('never changes an entry that exists', async () => {
        const audit = auditStore(table, { retainSeconds })
        const id = fresh('id')
        await audit.appendAudit(intent(id, midday + 50))
        await audit.appendAudit({ ...intent(id, midday + 50), actor: 'somebody else' })
        const { entries } = await audit.listAuditDay({ day, limit: 50 })
        expect(entries.filter((entry) => entry.id === id).map(({ actor }) => actor)).toEqual(['kim'])
      })

      test('keeps an entry for its own retention period', async () => {
        const id = fresh('id')
        await auditStore(table, { retainSeconds }).appendAudit(intent(id, midday))
        const item = (await itemsOf(`AUDIT#${day}`)).find((each) => each['id'] === id)
        expect(item).toMatchObject({ expiresAt: midday / 1000 + retainSeconds })
      })
    })

    test('the login latch can be opened only in the state that the operator saw', async () => {
      const set = fresh('set')
      const latches = latchStore(table)
      await credentials.save(set, 0, { epoch: 4, failedLogins: 2, failedSecret: 'print', accessToken: 'kept' })
      expect(await latches.openLatch(set, { epoch: 3, failedLogins: 2 })).toBe(false)
      expect(await latches.openLatch(set, { epoch: 4, failedLogins: 2 })).toBe(true)
      expect(await latches.readLatch(set)).toEqual({ epoch: 4, failedLogins: 0 })
      expect(await credentials.read(set)).toEqual({ epoch: 4, failedLogins: 0, accessToken: 'kept' })
      expect(await latches.openLatch(fresh('set'), { epoch: 0, failedLogins: 0 })).toBe(false)
    })

    describe('the flow of calls', () => {
      const flow = { revision: 1, limit: 10, loweredAt: noon, successes: 0, failures: 1, stops: 0, slots: {} }
      const paused = {
        ...flow,
        pause: { until: noon + minute, why: 'retry-after' as const },
        slots: { '0': { until: noon + minute, lane: 'bulk' as const } },
      }

      test('is absent without trouble, and created by one of many environments', async () => {
        const set = fresh('set')
        const flows = flowStore(table)
        expect(await flows.readFlow(set)).toBeUndefined()
        const saved = await Promise.all(Array.from({ length: 8 }, () => flows.saveFlow(set, flow, undefined)))
        expect(saved.filter(({ kind }) => kind === 'saved')).toHaveLength(1)
        expect(saved).toContainEqual({ kind: 'changed', current: flow })
      })

      test('is replaced only in the revision that was seen, and loses its pause and slots then', async () => {
        const set = fresh('set')
        const flows = flowStore(table)
        await flows.saveFlow(set, paused, undefined)
        const next = { ...flow, revision: 2 }
        expect(await flows.saveFlow(set, next, 0)).toEqual({ kind: 'changed', current: paused })
        expect(await flows.saveFlow(set, next, 1)).toEqual({ kind: 'saved' })
        expect(await flows.saveFlow(set, paused, 1)).toEqual({ kind: 'changed', current: next })
        expect(await flows.readFlow(set)).toEqual(next)
        expect(await flows.saveFlow(fresh('set'), next, 1)).toEqual({ kind: 'changed', current: undefined })
      })

      test('of a credential set is not read as its tokens', async () => {
        const set = fresh('set')
        await flowStore(table).saveFlow(set, flow, undefined)
        expect(await credentials.read(set)).toBeUndefined()
      })
    })

    describe('the credentials', () => {
      const record = { epoch: 1, failedLogins: 0, accessToken: 'token', accessTokenExpiresAt: noon + hour }

      test('are absent before the first login', async () => {
        expect(await credentials.read(fresh('set'))).toBeUndefined()
      })

      test('are refreshed by one of many environments', async () => {
        const set = fresh('set')
        const leases = await Promise.all(
          Array.from({ length: 8 }, () =>
            credentials.takeLease(set, { epoch: 0, leaseUntil: noon + minute, now: noon }),
          ),
        )
        expect(leases.filter(({ taken }) => taken)).toHaveLength(1)
        expect(await credentials.read(set)).toEqual({ epoch: 0, failedLogins: 0, leaseUntil: noon + minute })
      })

      test('are saved with their epoch, and the lease is released', async () => {
        const set = fresh('set')
        await credentials.takeLease(set, { epoch: 0, leaseUntil: noon + minute, now: noon })
        expect(await credentials.save(set, 0, record)).toEqual({ saved: true })
        expect(await credentials.read(set)).toEqual(record)
        expect(await credentials.takeLease(set, { epoch: 1, leaseUntil: noon + minute, now: noon })).toEqual({
          taken: true,
        })
        expect(await credentials.read(set)).toEqual({ ...record, leaseUntil: noon + minute })
      })

      test('cannot be leased for an outdated epoch', async () => {
        const set = fresh('set')
        await credentials.save(set, 0, record)
        expect(await credentials.takeLease(set, { epoch: 0, leaseUntil: noon + minute, now: noon })).toEqual({
          taken: false,
        })
      })

      test('can be leased again when a lease has expired, and not before', async () => {
        const set = fresh('set')
        await credentials.takeLease(set, { epoch: 0, leaseUntil: noon + minute, now: noon })
        expect(await credentials.takeLease(set, { epoch: 0, leaseUntil: noon + hour, now: noon + minute - 1 })).toEqual(
          { taken: false },
        )
        expect(await credentials.takeLease(set, { epoch: 0, leaseUntil: noon + hour, now: noon + minute + 1 })).toEqual(
          { taken: true },
        )
      })

      test('are not overwritten by a refresh of an older epoch', async () => {
        const set = fresh('set')
        await credentials.save(set, 0, record)
        expect(await credentials.save(set, 0, { ...record, accessToken: 'late' })).toEqual({ saved: false })
        expect(await credentials.read(set)).toEqual(record)
      })

      test('have no expiry, because the count of failed logins must be kept', async () => {
        const set = fresh('set')
        await credentials.save(set, 0, { ...record, failedLogins: 2, failedSecret: 'secret' })
        const { Item } = await table.client.send(
          new GetCommand({ TableName: table.tableName, Key: { pk: `SESSION#${set}`, sk: 'TOKENS' } }),
        )
        expect(Item).not.toHaveProperty('expiresAt')
        expect(await credentials.read(set)).toMatchObject({ failedLogins: 2, failedSecret: 'secret' })
      })
    })

    test('the record of a listener keeps the last known state and drops an old refusal', async () => {
      const accountName = fresh('account')
      const record = { accountName, service: 'CarrierService', checkedAt: noon }
      const known = { state: 'absent', at: noon }
      await store.saveListener({ ...record, state: 'absent', refusal: 'no', known })
      expect(await store.listListeners(accountName)).toEqual([{ ...record, state: 'absent', refusal: 'no', known }])
      await store.saveListener({ ...record, state: 'not-known', checkedAt: noon + hour })
      expect(await store.listListeners(accountName)).toEqual([
        { ...record, state: 'not-known', checkedAt: noon + hour, known },
      ])
      await store.saveListener({ ...record, service: 'DeviceProfileService', state: 'current' })
      expect(await store.listListeners(accountName)).toHaveLength(2)
      expect(await store.listListeners(fresh('account'))).toEqual([])
    })
  })
}
