import { afterEach, beforeEach, expect, test } from 'vitest'
import { account, type Bench, send, startBench } from './bench.ts'

let bench: Bench
let now = 0
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z')
  bench = await startBench({ now: () => now })
})
afterEach(() => bench.stop())

const tokenCall = (headers: Record<string, string>, body = 'grant_type=client_credentials', path = 'token') =>
  send('POST', `${bench.baseUrl}/api/ts/v1/oauth2/${path}`, headers, body)

test('a second token call within an hour returns the same token with its remaining lifetime', async () => {
  const first = await bench.askForToken()
  expect(first).toMatchObject({ status: 200, json: { token_type: 'Bearer', expires_in: 3600, scope: 'default' } })
  now += 59 * 60_000
  expect((await bench.askForToken()).json).toEqual({ ...first.json, expires_in: 60 })
  now += 60_000
  const next = await bench.askForToken()
  expect(next.json.access_token).not.toBe(first.json.access_token)
  expect(next.json.expires_in).toBe(3600)
})

test('revoking a token returns an empty body, and the next token is new', async () => {
  const old = bench.credentials.bearer
  const revoked = await tokenCall(bench.tokenHeaders(), `grant_type=client_credentials&token=${old}`, 'revoke')
  expect(revoked).toMatchObject({ status: 200, text: '', headers: { revokedaccesstoken: old } })
  expect((await bench.m2m('GET', `/v1/callbacks/${account}`)).json.fault.code).toBe('900901')
  expect((await bench.askForToken()).json.access_token).not.toBe(old)
})

test('the token endpoint distinguishes missing, wrong and foreign credentials', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await tokenCall(form)).toMatchObject({ status: 401, json: { fault: { code: '900902' } } })
  expect(await tokenCall(bench.tokenHeaders('key', 'wrong'))).toMatchObject({
    status: 401,
    json: { fault: { code: '900901' } },
  })
  const foreign = await tokenCall({ ...form, authorization: 'Bearer abc' })
  expect(foreign.status).toBe(403)
  expect(foreign.headers['content-type']).toContain('xml')
  expect(foreign.text).toContain('<am:code>404</am:code>')
})

test('a token call without grant_type or not as a form is an invalid_request', async () => {
  const expected = { status: 400, json: { error: 'invalid_request' } }
  expect(await tokenCall(bench.tokenHeaders(), 'scope=default')).toMatchObject(expected)
  const asJson = { ...bench.tokenHeaders(), 'content-type': 'application/json' }
  expect(await tokenCall(asJson, '{"grant_type":"client_credentials"}')).toMatchObject(expected)
})

test('an M2M call needs a valid bearer token', async () => {
  const url = `${bench.baseUrl}/api/m2m/v1/callbacks/${account}`
  const { authorization: _, ...withoutBearer } = bench.m2mHeaders()
  expect(await send('GET', url, withoutBearer)).toMatchObject({ status: 401, json: { fault: { code: '900902' } } })
  now += 3600_000
  expect(await send('GET', url, bench.m2mHeaders())).toMatchObject({ status: 401, json: { fault: { code: '900901' } } })
})

test('every token call is recorded', async () => {
  await tokenCall(bench.tokenHeaders('key', 'wrong'))
  expect(bench.simulator.tokenRequests()).toMatchObject([
    { answered: 200, accessToken: bench.credentials.bearer },
    { answered: 401, accessToken: undefined },
  ])
})
