import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lookUpRequestStatus } from '../../../lib/thingspace/request-status.ts'
import { scriptedServer, type Step } from './scripted-server.ts'
import { world } from './world.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/thingspace/answer.${name}.json`, import.meta.url), 'utf8')
const accountName = '0000123456-00001'

const refused: Step = { status: 400, body: { errorCode: '400', errorMessage: 'not available' } }

/** Calls a ThingSpace whose status call knows the request in one version only. */
async function lookUp(version: 1 | 2, upstreamRequestId: string, answer: Step, other = refused) {
  const server = await scriptedServer()
  for (const each of [1, 2]) {
    const path = `/m2m/v${each}/accounts/${accountName}/requests/${upstreamRequestId}/status`
    server.on(path, each === version ? answer : other)
  }
  const deps = world(server).environment()
  return lookUpRequestStatus(deps, { accountName, upstreamRequestId, budgetMilliseconds: 2_000 })
}

test('the request status of version 1 is about one device', async () => {
  const id = '86c83330-4bf5-4235-9c4e-a83f93aeae4c'

  expect(await lookUp(1, id, { status: 200, body: fixture('request-status.v1') })).toEqual({
    kind: 'found',
    upstreamRequestId: id,
    state: 'succeeded',
    devices: [],
  })
})

test('the request status of version 2 lists each profile', async () => {
  const id = 'd1f08526-5443-4054-9a29-4456490ea9f8'

  expect(await lookUp(2, id, { status: 200, body: fixture('request-status.v2') })).toEqual({
    kind: 'found',
    upstreamRequestId: id,
    state: 'succeeded',
    devices: [
      { identifiers: [{ kind: 'iccid', id: '20-digit ICCID' }], state: 'succeeded' },
      { identifiers: [{ kind: 'iccid', id: '20-digit ICCID' }], state: 'pending' },
    ],
  })
})

test("the request status of version 2 may have the SDK's casing and a single id instead of a list", async () => {
  const body = {
    requestId: 'r-1',
    status: 'Pending',
    subrequests: [{ ids: { kind: 'ICCID', id: '89148000000840784251' }, status: 'Failure' }],
  }

  expect(await lookUp(2, 'r-1', { status: 200, body })).toMatchObject({
    state: 'pending',
    devices: [{ identifiers: [{ kind: 'iccid', id: '89148000000840784251' }], state: 'failed' }],
  })
})

test.each([
  ['Failed', 'failed'],
  ['Failure', 'failed'],
  ['SUCCESS', 'succeeded'],
  ['Held', 'unrecognised'],
])('the request status %s means %s', async (status, state) => {
  expect(await lookUp(1, 'r-1', { status: 200, body: { requestId: 'r-1', status } })).toMatchObject({ state })
})

test.each<[Step, string]>([
  [{ status: 404 }, 'unavailable'],
  [refused, 'refused'],
  [{ status: 500 }, 'unavailable'],
  [{ status: 200, body: '[]' }, 'unreadable-answer'],
])('a status call answered with %j returns a failure and does not throw', async (answer, cause) => {
  expect(await lookUp(1, 'r-1', answer)).toMatchObject({ kind: 'failed', cause })
})

test.each<Step>([refused, { status: 404, body: '<html>' }, { status: 200, body: '[]' }])(
  'a status call uses version 1 if version 2 answers %j',
  async (other) => {
    expect(await lookUp(1, 'r-1', { status: 200, body: { requestId: 'r-1', status: 'Success' } }, other)).toMatchObject(
      {
        kind: 'found',
        state: 'succeeded',
      },
    )
  },
)

test('a request status in Pascal case is read', async () => {
  const body = { RequestId: 'r-1', Status: 'Success', SubRequests: [{ ids: [], status: 'Pending' }] }

  expect(await lookUp(2, 'r-1', { status: 200, body })).toMatchObject({
    state: 'succeeded',
    devices: [{ state: 'pending' }],
  })
})

test.each([
  { accountName: '..', upstreamRequestId: 'r-1' },
  { accountName: '.', upstreamRequestId: 'r-1' },
  { accountName: '', upstreamRequestId: 'r-1' },
  { accountName, upstreamRequestId: '..' },
])('a status call for %j is refused, because it would have another path', async (call) => {
  const server = await scriptedServer()
  const deps = world(server).environment()

  expect(await lookUpRequestStatus(deps, { ...call, budgetMilliseconds: 2_000 })).toMatchObject({
    kind: 'failed',
    cause: 'refused',
  })
  expect(server.received).toEqual([])
})
