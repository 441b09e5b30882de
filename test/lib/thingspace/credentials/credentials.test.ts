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

describe('the renewal of credentials', () => {
  test('fetches a token and logs in once at the first call, and shares both', async () => {
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

  test('renews a token one minute before it expires and keeps the session', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ accessTokenExpiresAt: Date.now() + 59_000 }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({
      accessToken: 'bearer-2',
      sessionToken: 'session-1',
      epoch: 2,
    })
    expect(server.at(paths.login)).toEqual([])
  })

  test('renews a session that has been idle for 19 minutes', async () => {
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

  test('does not renew a session in use because of its age', async () => {
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
  ])('masks a secret that %s repeats in its message', async (path, body) => {
    const server = await thingSpace()
    server.on(path, { status: 400, body })
    const { environment, log } = world(server, { epoch: 0, failedLogins: 0 })

    const tokens = await environment().credentials.tokens('default', soon())

    expect(tokens).toMatchObject({ kind: 'unavailable' })
    expect(JSON.stringify([tokens, log.lines])).not.toMatch(/sentinel|c2VudGluZWw/)
  })

  test('revokes an expiring token that is returned unchanged, and fetches another', async () => {
    const server = await thingSpace()
    server.on(paths.token, token('bearer-1', 30), token('bearer-2'))
    const { environment } = world(server, goodRecord({ accessTokenExpiresAt: Date.now() + 30_000 }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ accessToken: 'bearer-2' })
    expect(server.at(paths.revoke)[0]?.body).toBe('grant_type=client_credentials&token=bearer-1')
  })

  test('keeps a valid token in its last minute while the token endpoint is down', async () => {
    const server = await thingSpace()
    server.on(paths.token, { status: 503 })
    const { environment } = world(server, goodRecord({ accessTokenExpiresAt: Date.now() + 30_000 }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ accessToken: 'bearer-1' })
  })

  test('revokes a refused bearer token that the endpoint returns again', async () => {
    const server = await thingSpace()
    server.on(paths.token, token('bearer-1'), token('bearer-2'))
    const { credentials } = world(server).environment()
    await credentials.tokens('default', soon())

    credentials.reportFailure('default', 1, 'access-token')

    expect(await credentials.tokens('default', soon())).toMatchObject({ accessToken: 'bearer-2', epoch: 2 })
    expect(server.received.map(({ path }) => path)).toEqual([paths.token, paths.revoke, paths.token])
  })

  test('does not use a refused bearer token again that even revocation does not change', async () => {
    const server = await thingSpace()
    server.on(paths.token, token('bearer-1'))
    const { environment, store } = world(server)
    const { credentials } = environment()
    await credentials.tokens('default', soon())

    credentials.reportFailure('default', 1, 'access-token')

    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause: 'refused' })
    expect(store.records.get('default')?.accessToken).toBeUndefined()
  })

  test('fetches another bearer token without counting a failed login if a login is refused for its token', async () => {
    const server = await thingSpace()
    server.on(paths.login, { status: 401, body: { fault: { code: '900901' } } }, session('session-2'))
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({
      accessToken: 'bearer-2',
      sessionToken: 'session-2',
    })
    expect(store.records.get('default')?.failedLogins).toBe(0)
  })

  test('ignores a late failure of an older epoch', async () => {
    const server = await thingSpace()
    const { credentials } = world(server, goodRecord({ epoch: 7 })).environment()
    await credentials.tokens('default', soon())

    credentials.reportFailure('default', 6, 'session')

    expect(await credentials.tokens('default', soon())).toMatchObject({ epoch: 7 })
    expect(server.received).toEqual([])
  })
})

describe('concurrent renewals', () => {
  test('by 200 environments after one expired session log in once', async () => {
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

  test('by many calls in one environment are shared', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ sessionToken: undefined }))
    const { credentials } = environment()

    await Promise.all(Array.from({ length: 50 }, () => credentials.tokens('default', soon())))

    expect(server.at(paths.login)).toHaveLength(1)
  })

  test('continue after the lease of an environment that has died', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ sessionToken: undefined, leaseUntil: Date.now() + 300 }))
    const startedAt = Date.now()

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ sessionToken: 'session-2' })
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(290)
  })

  test('by another environment are awaited until the budget ends', async () => {
    const server = await thingSpace()
    const { environment } = world(server, goodRecord({ sessionToken: undefined, leaseUntil: Date.now() + 60_000 }))

    expect(await environment().credentials.tokens('default', soon(200))).toMatchObject({
      kind: 'unavailable',
      cause: 'busy',
    })
    expect(server.received).toEqual([])
  })

  test('that are early are not awaited by others', async () => {
    const server = await thingSpace()
    const record = goodRecord({ accessTokenExpiresAt: Date.now() + 30_000, leaseUntil: Date.now() + 60_000 })
    const startedAt = Date.now()

    expect(await world(server, record).environment().credentials.tokens('default', soon())).toMatchObject({
      kind: 'ready',
    })
    expect(Date.now() - startedAt).toBeLessThan(3_000)
  })
})

describe('the login latch', () => {
  test('closes after two refused logins for every environment', async () => {
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

  test('counts a 401 without a code from the gateway, because the password may be wrong', async () => {
    const server = await thingSpace()
    server.on(paths.login, { status: 401 })
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable' })
    expect(server.at(paths.login)).toHaveLength(1)
    expect(store.records.get('default')?.failedLogins).toBe(1)
  })

  test('does not count a login whose bearer token the gateway refuses twice', async () => {
    const server = await thingSpace()
    server.on(paths.login, { status: 401, body: { fault: { code: '900901' } } })
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ cause: 'refused' })
    expect(server.at(paths.login)).toHaveLength(2)
    expect(store.records.get('default')).toEqual({ epoch: 2, failedLogins: 0 })
  })

  test('counts a login without a response, because Verizon may have counted it', async () => {
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
  ])('does not count a login answered with %j', async (answer, cause) => {
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
  ])('does not count a token call answered with %j', async (answer, cause) => {
    const server = await thingSpace()
    server.on(paths.token, answer)
    const { environment, store } = world(server, goodRecord({ accessToken: undefined }))

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable', cause })
    expect(store.records.get('default')?.failedLogins).toBe(0)
    expect(server.at(paths.login)).toEqual([])
  })

  test('opens when the secret changes', async () => {
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

  test('reads the secret again after one failure, because it may have been rotated', async () => {
    const server = await thingSpace()
    server.on(paths.login, passwordRefused, session('session-2'))
    const { environment, secrets } = world(server, goodRecord({ sessionToken: undefined }))
    const { credentials } = environment()
    await credentials.tokens('default', soon())
    secrets.current = { ...secret, password: 'rotated' }

    expect(await credentials.tokens('default', soon())).toMatchObject({ kind: 'ready' })
    expect(server.at(paths.login)[1]?.body).toContain('rotated')
  })

  test('allows no login that may take longer than the budget', async () => {
    const server = await thingSpace()
    const { environment, store } = world(server, goodRecord({ sessionToken: undefined }))

    expect(await environment().credentials.tokens('default', soon(1_000))).toMatchObject({ cause: 'out-of-time' })
    expect(server.at(paths.login)).toEqual([])
    expect(store.records.get('default')?.failedLogins).toBe(0)
  })

  test('allows no second login by an environment whose failed login could not be stored', async () => {
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

describe('credentials are unavailable without an exception', () => {
  test('if the table is down', async () => {
    const server = await thingSpace()
    const { environment, store } = world(server)
    store.failNext('read')

    expect(await environment().credentials.tokens('default', soon())).toMatchObject({ kind: 'unavailable' })
  })

  test('if ThingSpace is unreachable, and the lease is released', async () => {
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
