import { beforeAll, describe, expect, test } from 'vitest'
import { readCaller } from '../../../../lib/http/caller.ts'
import { findRequest } from '../../../../lib/http/requests/find-request.ts'
import { showRequest } from '../../../../lib/http/requests/show-request.ts'
import type { ProfileRequest } from '../../../../lib/profile/request/request.ts'
import type { RequestView } from '../../../../lib/profile/status/request-view.ts'
import { account, anAccess, aSetting } from '../../../builders.ts'
import { aCallback, aRequest, aSubmission, hour, minute, noon, second, submitted } from '../../profile/records.ts'
import { aStore } from './stored-requests.ts'

const { store, record } = aStore()
const show = async (
  requestId: string,
  { ifNoneMatch, now = noon + second }: { ifNoneMatch?: string; now?: number } = {},
) => {
  const request = (await store.getRequest(requestId)) as ProfileRequest
  const { status, headers, body } = await showRequest(
    request,
    { ifNoneMatch },
    {
      store,
      clock: () => now,
      sleep: async () => undefined,
      settings: aSetting(),
    },
  )
  return {
    status,
    headers: headers ?? {},
    view: typeof body === 'string' ? (JSON.parse(body) as RequestView) : undefined,
  }
}

describe('a request that is not final', () => {
  const request = aRequest({ requestId: 'open' })
  beforeAll(() => record(request, { submissions: [submitted({ upstreamRequestIds: ['upstream-open'] }, request)] }))

  test('is summarised when it is read, so that a stored result shows at once', async () => {
    expect(await show('open')).toMatchObject({
      status: 200,
      view: { status: 'submitted' },
      headers: { 'retry-after': '5' },
    })
    await store.recordResult(aCallback({ upstreamRequestId: 'upstream-open' }), {
      accountName: account,
      receivedAt: noon + minute,
    })
    const { view, headers } = await show('open')
    expect(view).toMatchObject({ status: 'succeeded', final: true, next: null, devices: { succeeded: 1 } })
    expect(headers).not.toHaveProperty('retry-after')
  })

  test('has a Retry-After', async () => {
    const waiting = aRequest({ requestId: 'waiting' })
    const nextAttemptAt = noon + 30 * second
    await record(waiting, { submissions: [aSubmission({ state: 'waiting', attempt: 1, nextAttemptAt }, waiting)] })
    expect((await show('waiting')).headers).toMatchObject({ 'retry-after': '29' })
  })
})

describe('the ETag of a request', () => {
  const request = aRequest({ requestId: 'tagged' })
  beforeAll(() => record(request, { submissions: [submitted({ upstreamRequestIds: ['upstream-tagged'] }, request)] }))
  const etag = async () => (await show('tagged')).headers['etag'] ?? ''

  test('saves the body for a caller who already has it', async () => {
    const tag = await etag()
    for (const ifNoneMatch of [tag, `W/${tag}`, `"other", ${tag}`]) {
      expect(await show('tagged', { ifNoneMatch })).toMatchObject({
        status: 304,
        view: undefined,
        headers: { etag: tag },
      })
    }
    expect(await show('tagged', { ifNoneMatch: '"other"' })).toMatchObject({ status: 200 })
  })

  test('changes with the content and not with the time', async () => {
    const before = await etag()
    expect((await show('tagged', { now: noon + hour })).headers['etag']).toBe(before)
    await store.recordResult(aCallback({ upstreamRequestId: 'upstream-tagged', verdict: 'warning' }), {
      accountName: account,
      receivedAt: noon,
    })
    expect(await etag()).not.toBe(before)
  })
})

test('a final request is shown as it was last summarised, with its first twenty submissions', async () => {
  const request = aRequest({ requestId: 'final', deviceCount: 50, devicesPerSubmission: 1 })
  const final = { ...request, summary: { ...request.summary, status: 'failed' as const } }
  await record(final, {
    submissions: Array.from({ length: 50 }, (_, submission) => aSubmission({ submission, state: 'rejected' }, request)),
  })
  const { view } = await show('final')
  expect(view).toMatchObject({ status: 'failed', final: true, submissions: { total: 50 } })
  expect(view?.submissions.items.map(({ submission }) => submission)).toEqual(
    Array.from({ length: 20 }, (_, index) => index),
  )
})

describe('findRequest', () => {
  beforeAll(() => record(aRequest({ requestId: 'mine' })))
  const find = (requestId: string | undefined, accounts = '*') =>
    findRequest(requestId, readCaller({ sub: 'app-1', accounts }, anAccess()), store)

  test('returns a request of an account that the caller may use', async () => {
    expect(await find('mine')).toMatchObject({ requestId: 'mine' })
    expect(await find('mine', account)).toMatchObject({ requestId: 'mine' })
  })

  test.each([
    ['does not exist', 'none', undefined],
    ['is foreign', 'mine', 'another'],
    ['has no id', '', undefined],
    ['has none at all', undefined, undefined],
  ])('answers with the same 404 for a request that %s', async (_about, requestId, accounts) => {
    await expect(find(requestId, accounts)).rejects.toThrow('not-found: you have no request with this id')
  })
})
