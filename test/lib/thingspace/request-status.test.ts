import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lookUpRequestStatus } from '../../../lib/thingspace/request-status.ts'
import { scriptedServer, type Step } from './scripted-server.ts'
import { world } from './world.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/thingspace/answer.${name}.json`, import.meta.url), 'utf8')
const accountName = '0000123456-00001'

async function lookUp(version: 1 | 2, upstreamRequestId: string, answer: Step) {
  const server = await scriptedServer()
  server.on(`/m2m/v${version}/accounts/${accountName}/requests/${upstreamRequestId}/status`, answer)
  const deps = world(server).environment()
  return lookUpRequestStatus(deps, { version, accountName, upstreamRequestId, budgetMilliseconds: 2_000 })
}

test('version 1 knows one device', async () => {
  const id = '86c83330-4bf5-4235-9c4e-a83f93aeae4c'

  expect(await lookUp(1, id, { status: 200, body: fixture('request-status.v1') })).toEqual({
    kind: 'found',
    upstreamRequestId: id,
    state: 'succeeded',
    devices: [],
  })
})

test('version 2 knows each profile', async () => {
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

test('version 2 as the SDK describes it: another casing, one id instead of a list', async () => {
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
])('the status %s is %s', async (status, state) => {
  expect(await lookUp(1, 'r-1', { status: 200, body: { requestId: 'r-1', status } })).toMatchObject({ state })
})

test.each<[Step, string]>([
  [{ status: 404 }, 'refused'],
  [{ status: 500 }, 'unavailable'],
  [{ status: 200, body: '[]' }, 'unreadable-answer'],
])('the answer %j is a failure as a value', async (answer, cause) => {
  expect(await lookUp(1, 'r-1', answer)).toMatchObject({ kind: 'failed', cause })
})
