import { describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../../lib/thingspace/credentials/login-latch.ts'
import { closedPort, hang, scriptedServer, type ScriptedServer } from '../scripted-server.ts'
import { goodRecord, paths, secret, world } from '../world.ts'

const soon = (milliseconds = 5_000): number => Date.now() + milliseconds
const token = (access_token: string, expires_in = 3600) => ({ status: 200, body: { access_token, expires_in } })
const session = (sessionToken: string) => ({ status: 200, body: { sessionToken } })
const passwordRefused = {
  status: 400,
  body: { errorCode: 'UnifiedWebService.INPUT_INVALID.Password.Invalid', errorMessage: 'no' },
}

async function thingSpace(): Promise<ScriptedServer> {
  const server = await scriptedServer()
  server.on(paths.token, token('bearer-2'))
  server.on(paths.login, session('session-2'))
  server.on(paths.revoke, { status: 200 })
  return server
}

describe('renewal', () => {
  test('the first call of all fetches a token, logs in once and shares both', async () => {
    const server = await thingSpace()
    const { environment, store } = world(server, undefined)
    store.records.clear()
    const { credentials } = environment()

    expect(await credentials.tokens('default', soon())).toEqual({
      kind: 'ready',
      accessToken: 'bearer-2',
      sessionToken: 'session-2',
      epoch: 1,
    })
    expect(server.at(paths.token)[0]).toMatchObject({
      body: 'grant_type=client_credentials',
      headers: { authorization: `Basic ${btoa('key-sentinel:oauth-secret-sentinel')}` },
    })
    expect(server.at(paths.login)[0]).toMatchObject({
      body: JSON.stringify({ username: secret.username, password: secret.password }),
      headers: { authorization: 'Bearer bearer-2' },
    })
    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'ready', epoch: 1 })
    expect(server.received).toHaveLength(2)
  })

  test('a token is renewed a minute early, and the session stays', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ accessTokenExpiresAt: Date.now() + 59_000 }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({
      accessToken: 'bearer-2',
      sessionToken: 'session-1',
      epoch: 2,
    })
    expect(server.at(paths.login)).toEqual([])
  })

  test('a session that was used by nobody for 19 minutes is renewed before it is refused', async () => {
    const server = await thingSpace()
    const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000
    const idle = world(server, goodRecord({ sessionBeganAt: minutesAgo(19.5) }))
    const fresh = world(server, goodRecord({ sessionBeganAt: minutesAgo(18) }))

    expect(await fresh.environment().credentials.tokens('default', soon())).toMatchObject({ sessionToken: 'session-1' })
    expect(await idle.environment().credentials.tokens('default', soon())).toMatchObject({
      accessToken: 'bearer-1',
      sessionToken: 'session-2',
    })
    expect(server.at(paths.login)).toHaveLength(1)
    expect(idle.store.records.get('default')?.sessionBeganAt).toBeGreaterThan(minutesAgo(1))
  })

  test('a session in use is not renewed for its age', async () => {
    const server = await thingSpace()
    let now = Date.now()
    const { environment } = world(server, goodRecord({ sessionBeganAt: now, accessTokenExpiresAt: now + 36_000_000 }))
    const { credentials } = environment({ now: () => now })
    for (let turn = 0; turn < 6; turn += 1) {
      expect(await credentials.tokens('default', now + 5_000)).toMatchObject({ sessionToken: 'session-1' })
      now += 15 * 60_000
    }
  })

  test.each([
    [paths.token, { error: 'invalid_client', error_description: 'no client oauth-secret-sentinel' }],
    [paths.token, { error: 'invalid_client', error_description: `bad ${btoa('key-sentinel:oauth-secret-sentinel')}` }],
    [paths.login, { errorCode: 'X.INPUT_INVALID.Password.Invalid', errorMessage: 'user-sentinel / password-sentinel' }],
  ])('what %s repeats of a secret is masked in its words', async (path, body) => {
    const server = await thingSpace()
    server.on(path, { status: 400, body })
    const { environment, log } = world(server, { epoch: 0, failedLogins: 0 })

    const tokens = await environment().credentials.tokens('default', soon())

    expect(tokens).toMatchObject({ kind: 'unavailable' })
    expect(JSON.stringify([tokens, log.lines])).not.toMatch(/sentinel|c2VudGluZWw/)
  })

  test('a token about to run out that comes back unchanged is revoked, and another fetched', async () => {
    const server = await thingSpace()
    server.on(paths.token, token('bearer-1', 30), token('bearer-2'))
    const { environment } = world(server, goodRecord({ accessTokenExpiresAt: Date.now() + 30_000 }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ accessToken: 'bearer-2' })
    expect(server.at(paths.revoke)[0]?.body).toBe('grant_type=client_credentials&token=bearer-1')
  })

  test('a token endpoint that is down does not take the last minute of a good token', async () => {
    const server = await thingSpace()
    server.on(paths.token, { status: 503 })
    const { environment } = world(server, goodRecord({ accessTokenExpiresAt: Date.now() + 30_000 }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ accessToken: 'bearer-1' })
  })

  test('a refused bearer that the endpoint gives again is revoked', async () => {
    const server = await thingSpace()
    server.on(paths.token, token('bearer-1'), token('bearer-2'))
    const { credentials } = world(server).environment()
    await credentials.tokens('default', soon())

    credentials.reportFailure('default', 1, 'access-token')

    expect(await credentials.tokens('default', soon())).toMatchObject({ accessToken: 'bearer-2', epoch: 2 })
    expect(server.received.map(({ path }) => path)).toEqual([paths.token, paths.revoke, paths.token])
  })

  test('a refused bearer that even revocation does not move is not used again', async () => {
    const server = await thingSpace()
    server.on(paths.token, token('bearer-1'))
    const { environment, store } = world(server)
    const { credentials } = environment()
    await credentials.tokens('default', soon())

    credentials.reportFailure('default', 1, 'access-token')

    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause: 'refused' })
    expect(store.records.get('default')?.accessToken).toBeUndefined()
  })

  test('a login refused for its bearer fetches another bearer and is not counted', async () => {
    const server = await thingSpace()
    server.on(paths.login, { status: 401, body: { fault: { code: '900901' } } }, session('session-2'))
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({
      accessToken: 'bearer-2',
      sessionToken: 'session-2',
    })
    expect(store.records.get('default')?.failedLogins).toBe(0)
  })

  test('a late failure of an old epoch throws nothing away', async () => {
    const server = await thingSpace()
    const { credentials } = world(server, goodRecord({ epoch: 7 })).environment()
    await credentials.tokens('default', soon())

    credentials.reportFailure('default', 6, 'session')

    expect(await credentials.tokens('default', soon())).toMatchObject({ epoch: 7 })
    expect(server.received).toEqual([])
  })
})

describe('single flight', () => {
  test('200 environments that notice one dead session log in once', async () => {
    const server = await thingSpace()
    const { environment, store } = world(server)
    const environments = Array.from({ length: 200 }, () => environment().credentials)
    await Promise.all(environments.map((credentials) => credentials.tokens('default', soon())))

    for (const credentials of environments) credentials.reportFailure('default', 1, 'session')
    const all = await Promise.all(environments.map((credentials) => credentials.tokens('default', soon(10_000))))

    expect(new Set(all.map((tokens) => JSON.stringify(tokens)))).toEqual(
      new Set([JSON.stringify({ kind: 'ready', accessToken: 'bearer-1', sessionToken: 'session-2', epoch: 2 })]),
    )
    expect(server.at(paths.login)).toHaveLength(1)
    expect(store.leasesTaken).toBe(1)
  })

  test('many calls in one environment share one renewal', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ sessionToken: undefined }))
    const { credentials } = environment()

    await Promise.all(Array.from({ length: 50 }, () => credentials.tokens('default', soon())))

    expect(server.at(paths.login)).toHaveLength(1)
  })

  test('when the holder of the lease has died, the next one takes over after the lease', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ sessionToken: undefined, leaseUntil: Date.now() + 300 }))
    const startedAt = Date.now()

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ sessionToken: 'session-2' })
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(290)
  })

  test('waiting for another environment ends with the budget', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ sessionToken: undefined, leaseUntil: Date.now() + 60_000 }))

    expect(await environment().credentials.tokens('default', soon(200))).toMatchObject({
      kind: 'unavailable',
      cause: 'busy',
    })
    expect(server.received).toEqual([])
  })

  test('nobody waits for an early renewal by somebody else', async () => {
    const server = await thingSpace()
    const record = goodRecord({ accessTokenExpiresAt: Date.now() + 30_000, leaseUntil: Date.now() + 60_000 })
    const startedAt = Date.now()

    expect(await world(server, record).environment().credentials.tokens('default', soon())).toMatchObject({
      kind: 'ready',
    })
    expect(Date.now() - startedAt).toBeLessThan(500)
  })
})

describe('the latch', () => {
  test('after two refused logins nobody tries again, in any environment', async () => {
    const server = await thingSpace()
    server.on(paths.login, passwordRefused)
    const { environment, store, log } = world(server, goodRecord({ sessionToken: undefined }))

    for (let turn = 0; turn < 6; turn += 1) {
      expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable' })
    }

    expect(server.at(paths.login)).toHaveLength(2)
    expect(store.records.get('default')).toMatchObject({ failedLogins: 2, failedSecret: fingerprintOf(secret) })
    expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      'thingspace login latch has closed',
    ])
    expect(JSON.stringify(log.lines)).not.toContain('sentinel')
  })

  test('a 401 without the gateway’s word counts: it may be about the password', async () => {
    const server = await thingSpace()
    server.on(paths.login, { status: 401 })
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable' })
    expect(server.at(paths.login)).toHaveLength(1)
    expect(store.records.get('default')?.failedLogins).toBe(1)
  })

  test('a bearer that the gateway refuses twice is no failed login', async () => {
    const server = await thingSpace()
    server.on(paths.login, { status: 401, body: { fault: { code: '900901' } } })
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ cause: 'refused' })
    expect(server.at(paths.login)).toHaveLength(2)
    expect(store.records.get('default')).toEqual({ epoch: 2, failedLogins: 0 })
  })

  test('a login without an answer counts: Verizon may have counted it', async () => {
    const server = await thingSpace()
    server.on(paths.login, hang)
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(
      await environment({ loginTimeoutMilliseconds: 100 }).credentials.tokens('default', soon(1_000)),
    ).toMatchObject({ kind: 'unavailable', cause: 'login-unanswered' })
    expect(store.records.get('default')).toMatchObject({ failedLogins: 1, epoch: 2 })
  })

  test.each([
    [{ status: 500 }, 'unavailable'],
    [{ status: 503 }, 'unavailable'],
    [{ status: 429 }, 'throttled'],
    [{ status: 400, body: { fault: { code: '900906' } } }, 'refused'],
  ])('a login answered %j is not counted', async (answer, cause) => {
    const server = await thingSpace()
    server.on(paths.login, answer)
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause })
    expect(store.records.get('default')?.failedLogins).toBe(0)
  })

  test.each([
    [{ status: 401 }, 'refused'],
    [{ status: 500 }, 'unavailable'],
    [{ status: 200, body: 'nonsense' }, 'unavailable'],
  ])('a token endpoint that answers %j is not a failed login', async (answer, cause) => {
    const server = await thingSpace()
    server.on(paths.token, answer)
    const { environment, store } = world(server, goodRecord({ accessToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause })
    expect(store.records.get('default')?.failedLogins).toBe(0)
    expect(server.at(paths.login)).toEqual([])
  })

  test('a changed secret opens the latch', async () => {
    const server = await thingSpace()
    const record = goodRecord({ sessionToken: undefined, failedLogins: 2, failedSecret: fingerprintOf(secret) })
    const { environment, secrets, store } = world(server, record)
    const { credentials } = environment()
    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause: 'locked' })
    expect(server.at(paths.login)).toEqual([])

    secrets.current = { ...secret, password: 'another' }

    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'ready', sessionToken: 'session-2' })
    expect(store.records.get('default')).toMatchObject({ failedLogins: 0 })
    expect(store.records.get('default')?.failedSecret).toBeUndefined()
  })

  test('after one failure the secret is fetched anew, because it may have been rotated', async () => {
    const server = await thingSpace()
    server.on(paths.login, passwordRefused, session('session-2'))
    const { environment, secrets } = world(server, goodRecord({ sessionToken: undefined }))
    const { credentials } = environment()
    await credentials.tokens('default', soon())
    secrets.current = { ...secret, password: 'rotated' }

    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'ready' })
    expect(server.at(paths.login)[1]?.body).toContain('rotated')
  })

  test('no login is begun that the budget cannot see through', async () => {
    const server = await thingSpace()
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon(1_000))).toMatchObject({ cause: 'out-of-time' })
    expect(server.at(paths.login)).toEqual([])
    expect(store.records.get('default')?.failedLogins).toBe(0)
  })

  test('a failed login that could not be written down is not repeated by the environment that knows of it', async () => {
    const server = await thingSpace()
    server.on(paths.login, passwordRefused)
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))
    const { credentials } = environment()
    store.failNext('save')

    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause: 'failed' })
    store.records.set('default', goodRecord({ sessionToken: undefined }))

    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause: 'locked' })
    expect(server.at(paths.login)).toHaveLength(1)
  })
})

describe('the world at its worst', () => {
  test('a store that is down is an outcome, not an exception', async () => {
    const server = await thingSpace()
    const { environment, store } = world(server)
    store.failNext('read')

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable' })
  })

  test('a ThingSpace that is not there is unreachable, and the lease is given back', async () => {
    const server = await thingSpace()
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))
    const baseUrl = `http://127.0.0.1:${await closedPort()}`

    expect(await environment({ baseUrl }).credentials.tokens('default', soon())).toMatchObject({
      kind: 'unavailable',
      cause: 'unreachable',
    })
    expect(store.records.get('default')).toMatchObject({ epoch: 2, failedLogins: 0 })
    expect(store.records.get('default')?.leaseUntil).toBeUndefined()
  })
})
