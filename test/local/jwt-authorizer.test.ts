import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { functionServer } from '../../local/http-api/function-route.ts'
import { jwtAuthorizer } from '../../local/http-api/jwt-authorizer.ts'
import { type RunningHttpApi, startHttpApi } from '../../local/http-api/server.ts'
import { type RunningIssuer, startIssuer } from '../../local/issuer.ts'
import { aFunction, noTrace, region } from './builders.ts'

const audience = 'the-gateway'
const { publicKey, privateKey } = await generateKeyPair('RS256')
let issuerServer: Server
let issuer: string
let api: RunningHttpApi
let localIssuer: RunningIssuer

beforeAll(async () => {
  const jwk = { ...(await exportJWK(publicKey)), kid: 'known', use: 'sig' }
  issuerServer = createServer((call, response) => {
    response.setHeader('content-type', 'application/json')
    const isDiscovery = call.url === '/.well-known/openid-configuration'
    response.end(JSON.stringify(isDiscovery ? { jwks_uri: `${issuer}/keys` } : { keys: [jwk] }))
  }).listen(0, '127.0.0.1')
  await once(issuerServer, 'listening')
  const address = issuerServer.address()
  issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  localIssuer = await startIssuer({ port: 0, audience })

  api = await startHttpApi({ port: 0, trace: noTrace })
  const serve = functionServer(
    aFunction((event) => event),
    region,
  )
  const authorizer = jwtAuthorizer({ issuer, audience: [audience, 'second'] })
  const local = jwtAuthorizer({ issuer: localIssuer.url, audience: [audience] })
  api.serve([
    { method: 'GET', path: '/read', authorization: { authorizer, scopes: ['things:read', 'things:admin'] }, serve },
    { method: 'GET', path: '/any', authorization: { authorizer, scopes: [] }, serve },
    { method: 'GET', path: '/local', authorization: { authorizer: local, scopes: ['profiles:write'] }, serve },
  ])
})
afterAll(async () => {
  await Promise.all([api.stop(), localIssuer.stop()])
  issuerServer.close()
})

const now = () => Math.floor(Date.now() / 1000)
const good = (): JWTPayload => ({ iss: issuer, aud: audience, exp: now() + 60, iat: now() - 1, scope: 'things:read' })

const tokenOf = async (changes: Record<string, unknown>, header: { alg?: string; kid?: string } = {}) =>
  new SignJWT({ ...good(), ...changes }).setProtectedHeader({ alg: 'RS256', kid: 'known', ...header }).sign(privateKey)

const call = async (authorization?: string, path = '/read') => {
  const response = await fetch(`${api.url}${path}`, authorization === undefined ? {} : { headers: { authorization } })
  return { status: response.status, body: await response.text(), challenge: response.headers.get('www-authenticate') }
}

const unsigned = () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', kid: 'known' })}.${part(good())}.`
}

test('the authorizer accepts a valid token, with and without "Bearer"', async () => {
  const token = await tokenOf({})

  expect((await call(`Bearer ${token}`)).status).toBe(200)
  expect((await call(token)).status).toBe(200)
})

test.each<[string, () => Promise<string | undefined> | string | undefined]>([
  ['no header', () => undefined],
  ['a text that is no token', () => 'Bearer nonsense'],
  ['a token without a signature (alg none)', () => `Bearer ${unsigned()}`],
  ['an expired token', async () => `Bearer ${await tokenOf({ exp: now() - 1 })}`],
  ['a token that never ends', async () => `Bearer ${await tokenOf({ exp: undefined })}`],
  ['a token that is not valid yet', async () => `Bearer ${await tokenOf({ nbf: now() + 60 })}`],
  ['a token from the future', async () => `Bearer ${await tokenOf({ iat: now() + 60 })}`],
  ['another issuer', async () => `Bearer ${await tokenOf({ iss: 'https://elsewhere.example' })}`],
  ['another audience', async () => `Bearer ${await tokenOf({ aud: 'elsewhere' })}`],
  ['no audience at all', async () => `Bearer ${await tokenOf({ aud: undefined })}`],
  ['a key that the issuer does not publish', async () => `Bearer ${await tokenOf({}, { kid: 'unknown' })}`],
  [
    'a token that names no key',
    async () => `Bearer ${await new SignJWT(good()).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)}`,
  ],
  [
    'a client_id that fits if the audience does not',
    async () => `Bearer ${await tokenOf({ aud: 'x', client_id: audience })}`,
  ],
  ['a signature by another key', async () => `Bearer ${(await tokenOf({})).slice(0, -8)}AAAAAAAA`],
  [
    'a shared secret instead of a key pair',
    async () => {
      const secret = new TextEncoder().encode('x'.repeat(32))
      return `Bearer ${await new SignJWT(good()).setProtectedHeader({ alg: 'HS256', kid: 'known' }).sign(secret)}`
    },
  ],
])('the authorizer answers 401 to %s', async (_, authorization) => {
  const answer = await call(await authorization())

  expect(answer).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' })
  expect(answer.challenge).toMatch(/^Bearer/)
})

test('the authorizer answers 403 to a token without a required scope and names the scopes', async () => {
  const answer = await call(`Bearer ${await tokenOf({ scope: 'things:write' })}`)

  expect(answer).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' })
  expect(answer.challenge).toContain('things:read')
})

test.each<[string, Record<string, unknown>]>([
  ['one of several scopes', { scope: 'other things:admin' }],
  ['a list in scp', { scope: undefined, scp: ['things:read'] }],
  ['a text in scp', { scope: undefined, scp: 'things:read' }],
  ['one of several audiences', { aud: ['elsewhere', 'second'] }],
  ['client_id where there is no audience', { aud: undefined, client_id: audience }],
])('the authorizer accepts %s', async (_, changes) => {
  expect((await call(`Bearer ${await tokenOf(changes)}`)).status).toBe(200)
})

test('claims reach the function as texts, and scopes as a list', async () => {
  const claims = { accounts: ['0000123456-00001', 'Acme Inc'], level: 3, trusted: true, none: null, nested: { a: 1 } }

  const { body } = await call(`Bearer ${await tokenOf({ ...claims, sub: 'app-1', scope: 'things:read other' })}`)

  const { jwt } = (JSON.parse(body) as APIGatewayProxyEventV2WithJWTAuthorizer).requestContext.authorizer
  expect(jwt.claims).toMatchObject({
    sub: 'app-1',
    accounts: '[0000123456-00001 Acme Inc]',
    level: '3',
    trusted: 'true',
    nested: '{"a":1}',
    exp: expect.stringMatching(/^\d+$/),
  })
  expect(jwt.claims).not.toHaveProperty('none')
  expect(jwt.scopes).toEqual(['things:read', 'other'])
})

test('a route without scopes accepts any valid token, and its function sees no scopes', async () => {
  const { status, body } = await call(`Bearer ${await tokenOf({ scope: undefined })}`, '/any')

  expect(status).toBe(200)
  const event = JSON.parse(body) as APIGatewayProxyEventV2WithJWTAuthorizer
  expect(event.requestContext.authorizer.jwt.scopes).toBeNull()
})

test('the local issuer creates tokens that its API accepts, with the requested limits', async () => {
  const token = await localIssuer.tokenFor({ scopes: ['profiles:write'], accounts: ['A', 'B'], subject: 'me' })

  const { status, body } = await call(`Bearer ${token}`, '/local')

  expect(status).toBe(200)
  const event = JSON.parse(body) as APIGatewayProxyEventV2WithJWTAuthorizer
  expect(event.requestContext.authorizer.jwt.claims).toMatchObject({ accounts: '[A B]', sub: 'me' })
})

test('the token endpoint of the local issuer accepts a form, as OAuth clients send it', async () => {
  const response = await fetch(`${localIssuer.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'profiles:read', lifetimeSeconds: '60' }),
  })
  const { access_token: token, expires_in: lifetime } = (await response.json()) as Record<string, unknown>

  expect(lifetime).toBe(60)
  expect((await call(`Bearer ${String(token)}`, '/local')).status).toBe(403)
})
