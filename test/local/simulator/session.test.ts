import { afterEach, beforeEach, expect, test } from 'vitest'
import { account, type Bench, send, startBench } from './bench.ts'

let bench: Bench
let now = 0
beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z')
  bench = await startBench({ now: () => now })
})
afterEach(() => bench.stop())

const anyCall = () => bench.m2m('GET', `/v1/callbacks/${account}`)
const codeOf = async (reply: ReturnType<typeof anyCall>) => {
  const { status, json } = await reply
  return [status, json.errorCode]
}

test('a session lives while it is used, and ends after twenty idle minutes', async () => {
  for (let use = 0; use < 5; use += 1) {
    now += 11 * 60_000
    await bench.askForToken().then(({ json }) => (bench.credentials.bearer = json.access_token))
    expect((await anyCall()).status).toBe(200)
  }
  now += 20 * 60_000
  bench.credentials.bearer = (await bench.askForToken()).json.access_token
  expect(await codeOf(anyCall())).toEqual([400, 'UnifiedWebService.REQUEST_FAILED.SessionToken.Expired'])
})

test('a missing session token is a format error, and an unknown one is invalid', async () => {
  const { 'vz-m2m-token': _, ...headers } = bench.m2mHeaders()
  const url = `${bench.baseUrl}/api/m2m/v1/callbacks/${account}`
  expect(await codeOf(send('GET', url, headers))).toEqual([400, 'UnifiedWebService.REQUEST_FAILED.SessionToken.Format'])
  bench.credentials.session = 'not-a-guid'
  expect(await codeOf(anyCall())).toEqual([400, 'UnifiedWebService.INPUT_INVALID.SessionToken.Invalid'])
})

test('a session is invalid after logout', async () => {
  const { session } = bench.credentials
  expect((await bench.m2m('POST', '/v1/session/logout')).json).toEqual({ sessionToken: session })
  expect(await codeOf(anyCall())).toEqual([400, 'UnifiedWebService.INPUT_INVALID.SessionToken.Invalid'])
})

test('a login needs a bearer token but no session', async () => {
  bench.credentials.session = ''
  expect((await bench.login()).status).toBe(200)
  bench.credentials.bearer = 'wrong'
  expect((await bench.login()).status).toBe(401)
})

test('the fifth wrong password in a row locks the user, even for the right password', async () => {
  const { username, password } = bench.simulator.settings
  const wrong = 'UnifiedWebService.INPUT_INVALID.Password.Invalid'
  for (let failure = 1; failure <= 4; failure += 1)
    expect(await codeOf(bench.login(username, 'no'))).toEqual([400, wrong])
  expect((await bench.login()).status).toBe(200)
  for (let failure = 1; failure <= 5; failure += 1) await bench.login(username, 'no')
  expect(await codeOf(bench.login(username, password))).toEqual([400, wrong])
  expect((await bench.control('GET', '')).json.lockedUsers).toEqual([username])
  await bench.control('POST', '/unlock')
  expect((await bench.login()).status).toBe(200)
})

test('a reset password is random and valid at once', async () => {
  const { username, password } = bench.simulator.settings
  const path = '/v1/session/password/actions/reset'
  expect((await bench.m2m('PUT', path, { oldPassword: 'no' })).status).toBe(400)
  const { newPassword } = (await bench.m2m('PUT', path, { oldPassword: password })).json
  expect((await bench.login(username, password)).status).toBe(400)
  expect((await bench.login(username, newPassword)).status).toBe(200)
})

test('several sessions are valid side by side unless a login is configured to end the others', async () => {
  const first = bench.credentials.session
  await bench.login()
  expect((await anyCall()).status).toBe(200)

  const strict = await startBench({ oneSessionOnly: true })
  await strict.login()
  expect((await strict.m2m('GET', `/v1/callbacks/${account}`)).json.errorCode).toContain('SessionToken.Expired')
  await strict.stop()
  expect(bench.simulator.logins()[0]).toMatchObject({ succeeded: true, sessionToken: first })
})
