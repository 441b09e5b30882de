import * as http from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { account, type Bench, device, localBody, pause, send, startBench, until } from './bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
beforeEach(async () => {
  await bench.simulator.reset(['listeners', 'credentials'])
  bench.listener.received.length = 0
})
afterAll(() => bench.stop())

const put = (day: object) => bench.control('PUT', '/bad-days', day)
const act = (more = {}) => bench.act('enable', localBody([device()], more))
const accepted = () => bench.simulator.submissions().length

/** The error code of a call without an answer. */
const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  )

test('the bad day refuse-connections refuses connections in the operating system until it is over', async () => {
  const kept = new http.Agent({ keepAlive: true })
  const url = `${bench.baseUrl}/api/m2m/v1/callbacks/${account}`
  expect((await send('GET', url, bench.m2mHeaders(), undefined, kept)).status).toBe(200)

  expect((await put({ kind: 'refuse-connections' })).status).toBe(200)
  expect(await failure(act())).toBe('ECONNREFUSED')
  expect(await failure(bench.askForToken())).toBe('ECONNREFUSED')
  expect(await failure(send('GET', url, bench.m2mHeaders(), undefined, kept))).toMatch(/ECONNREFUSED|ECONNRESET/)
  expect((await bench.control('GET', '')).json.badDays).toMatchObject([{ kind: 'refuse-connections' }])

  await bench.control('DELETE', '/bad-days')
  expect((await act()).status).toBe(200)
  kept.destroy()
})

test('the bad day refuse-connections may be limited in time', async () => {
  await put({ kind: 'refuse-connections', forMs: 300 })
  expect(await failure(act())).toBe('ECONNREFUSED')
  await until(() => bench.simulator.badDays().length === 0)
  await pause(5)
  expect((await act()).status).toBe(200)
})

test('the bad day 503-accepted answers 503 although the request runs', async () => {
  await put({ kind: '503-accepted', count: 1 })
  const reply = await act()
  expect([reply.status, reply.headers['retry-after'], accepted()]).toEqual([503, undefined, 1])
})

test.each([403, 404, 502])(
  'the bad day proxy-page answers with a web page and the status %i and runs nothing',
  async (status) => {
    await put({ kind: 'proxy-page', status, count: 1 })
    const reply = await act()
    expect([reply.status, reply.headers['content-type'], accepted()]).toEqual([status, 'text/html', 0])
  },
)

test('the bad day expired-session-plain reports an expired session only in the message, and a login helps', async () => {
  await put({ kind: 'expired-session-plain', count: 1 })
  expect(await act()).toMatchObject({
    status: 400,
    json: { errorCode: '400', errorMessage: 'The Session has expired.' },
  })
  expect(accepted()).toBe(0)
  await bench.logIn()
  expect((await act()).status).toBe(200)
})

test('the bad days 200-bom and 200-pascal answer with a byte order mark and in Pascal case', async () => {
  await put({ kind: '200-bom', count: 1 })
  const { text } = await act()
  await put({ kind: '200-pascal', count: 1 })
  const { json } = await act()
  const ids = bench.simulator.submissions().map(({ requestId }) => requestId)
  expect([text, json]).toEqual([`\uFEFF{"requestId":"${ids[0]}"}`, { RequestId: ids[1] }])
})

test.each([
  ['503', 503, '2'],
  ['429', 429, '2'],
  ['500', 500, undefined],
] as const)('the bad day %s answers before anything is accepted', async (kind, status, retryAfter) => {
  await put({ kind, count: 1 })
  const reply = await act()
  expect([reply.status, reply.headers['retry-after']]).toEqual([status, retryAfter])
  expect(accepted()).toBe(0)
  expect((await act()).status).toBe(200)
})

test('a bad day sends the configured Retry-After or none', async () => {
  await put({ kind: '429', retryAfterSeconds: 7 })
  expect((await act()).headers['retry-after']).toBe('7')
  await put({ kind: '503', retryAfterSeconds: 0 })
  expect((await act()).headers).not.toHaveProperty('retry-after')
})

test('the bad day 500-accepted still sends the callbacks', async () => {
  await put({ kind: '500-accepted', count: 1 })
  expect((await act()).status).toBe(500)
  await bench.simulator.idle()
  const [submission] = bench.simulator.submissions()
  expect(bench.listener.bodies()).toMatchObject([{ requestId: submission!.requestId }])
})

test('the bad day reset-after-accept breaks the connection while the request runs', async () => {
  await put({ kind: 'reset-after-accept', count: 1 })
  expect(await failure(act())).toBe('ECONNRESET')
  await bench.simulator.idle()
  expect(bench.listener.received).toHaveLength(1)
})

test('the bad day reset-before-body accepts nothing', async () => {
  await put({ kind: 'reset-before-body', count: 1 })
  expect(await failure(act())).toMatch(/ECONNRESET|EPIPE/)
  expect(accepted()).toBe(0)
  expect((await act()).status).toBe(200)
})

test('the bad day slow answers after its callback', async () => {
  await put({ kind: 'slow', delayMs: 200, count: 1 })
  expect((await act()).status).toBe(200)
  expect(bench.listener.received).toHaveLength(1)
})

test.each([true, false])('the bad day no-answer never answers (accepted: %s)', async (isAccepted) => {
  await put({ kind: 'no-answer', count: 1, accepted: isAccepted })
  const abandoned = new AbortController()
  const call = fetch(`${bench.baseUrl}/api/m2m/v1/devices/profile/actions/enable`, {
    method: 'POST',
    headers: bench.m2mHeaders(),
    body: JSON.stringify(localBody([device()])),
    signal: abandoned.signal,
  })
  const outcome = call.then(
    () => 'answered',
    (error: Error) => error.name,
  )
  if (isAccepted) await until(() => accepted() === 1)
  else await pause(50)
  abandoned.abort()
  expect(await outcome).toBe('AbortError')
  expect(accepted()).toBe(isAccepted ? 1 : 0)
})

test.each([
  ['200-empty', ''],
  ['200-html', '<html><body><h1>Maintenance</h1></body></html>'],
] as const)('the bad day %s answers 200 without a request id', async (kind, text) => {
  await put({ kind, count: 1 })
  expect(await act()).toMatchObject({ status: 200, text })
  expect(accepted()).toBe(1)
  await put({ kind, count: 1, accepted: false })
  expect(await act()).toMatchObject({ status: 200, text })
  expect(accepted()).toBe(1)
})

test('the bad day expired-session expires all sessions at once, and a new login helps', async () => {
  await put({ kind: 'expired-session' })
  expect((await act()).json.errorCode).toBe('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired')
  await bench.logIn()
  expect((await act()).status).toBe(200)
})

test('the bad day expired-session can be repeated', async () => {
  await put({ kind: 'expired-session', count: 2 })
  for (let expiry = 1; expiry <= 2; expiry += 1) {
    expect((await act()).json.errorCode).toContain('SessionToken.Expired')
    await bench.logIn()
  }
  expect((await act()).status).toBe(200)
})

test('the bad day expired-token invalidates all tokens at once, and a new token helps', async () => {
  await put({ kind: 'expired-token' })
  expect(await act()).toMatchObject({ status: 401, json: { fault: { code: '900901' } } })
  await bench.logIn()
  expect((await act()).status).toBe(200)
})

test('the bad day stuck-token returns the same token until it is revoked', async () => {
  await put({ kind: 'stuck-token' })
  const refused = bench.credentials.bearer
  expect((await act()).status).toBe(401)
  expect((await bench.askForToken()).json.access_token).toBe(refused)
  const revocation = `grant_type=client_credentials&token=${refused}`
  await send('POST', `${bench.baseUrl}/api/ts/v1/oauth2/revoke`, bench.tokenHeaders(), revocation)
  await bench.logIn()
  expect((await act()).status).toBe(200)
})

test('the bad day login-500 does not count a failed login', async () => {
  await put({ kind: 'login-500', count: 6 })
  for (let call = 1; call <= 6; call += 1) expect((await bench.login()).status).toBe(500)
  expect((await bench.login()).status).toBe(200)
})

test('a bad day affects only its account and its action', async () => {
  await put([
    { kind: '503', accountName: 'another', count: 1 },
    { kind: '500', action: 'disable' },
  ])
  expect((await act()).status).toBe(200)
  expect((await act({ accountName: 'another' })).status).toBe(503)
  expect((await act({ accountName: 'another' })).status).toBe(200)
  expect((await bench.act('disable', localBody([device()]))).status).toBe(500)
})

test('a bad day affects profile actions by default, or every call if configured', async () => {
  await put({ kind: '503' })
  expect((await bench.askForToken()).status).toBe(200)
  await put({ kind: '503', calls: 'everything' })
  expect((await bench.askForToken()).status).toBe(503)
  expect((await bench.login()).status).toBe(503)
})

test('a call that is refused anyway does not use up a bad day', async () => {
  await put({ kind: '500-accepted', count: 1 })
  expect((await bench.act('enable', {})).status).toBe(400)
  expect((await act()).status).toBe(500)
  expect((await act()).status).toBe(200)
})

test.each([
  [{ kind: 'rain' }],
  [{ kind: '503', cuont: 1 }],
  [{ kind: 'refuse-connections', count: 1 }],
  [{ kind: 'reset-before-body', accountName: 'a' }],
])('the simulator refuses %j as a bad day', async (day) => {
  expect((await put(day)).status).toBe(400)
  expect(bench.simulator.badDays()).toEqual([])
})
