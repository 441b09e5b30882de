import type { JWTPayload } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { anAccess, context, localBody } from '../builders.ts'
import { deploymentWith } from '../deployment.ts'
import { createWorld } from '../fakes/world.ts'
import { slices } from '../../lib/environment-slices.ts'
import type { AccessRules } from '../../lib/http/access/scopes.ts'
import type { ApiEvent } from '../../lib/http/api-call.ts'
import { functionServer } from '../../local/http-api/function-route.ts'
import { jwtAuthorizer } from '../../local/http-api/jwt-authorizer.ts'
import { startHttpApi } from '../../local/http-api/server.ts'
import { startIssuer } from '../../local/issuer.ts'
import { type TokenShapeName, tokenShapes } from '../../local/issuer/token-shapes.ts'
import { aFunction, noTrace, region } from '../local/builders.ts'

const audience = 'the-gateway'
const account = '0000123456-00001'
const otherAccount = '0000654321-00001'
const seconds = () => Math.floor(Date.now() / 1000)

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** How serverless.yml makes the functions read tokens with these parameters. */
function rulesWith(params: Readonly<Record<string, string>>): AccessRules {
  const definition = deploymentWith(params).functions.find(({ name }) => name === 'submit-profile-action')
  const variables = slices.access().parse(definition?.environment)
  return {
    scopeNames: {
      'profiles:read': variables.SCOPE_READ,
      'profiles:write': variables.SCOPE_WRITE,
      'profiles:manage': variables.SCOPE_MANAGE,
      'profiles:operate': variables.SCOPE_OPERATE,
    },
    scopeClaims: variables.SCOPE_CLAIMS,
    accountsClaim: variables.ACCOUNTS_CLAIM,
    accountsPrefix: variables.ACCOUNTS_PREFIX,
    requireAccountsClaim: variables.REQUIRE_ACCOUNTS_CLAIM,
  }
}

/** The gateway behind API Gateway's rules for one issuer, with the parameters of docs/issuers.md. */
async function gatewayFor(shape: TokenShapeName, params: Readonly<Record<string, string>> = {}) {
  const issuer = await startIssuer({ port: 0, audience, shape })
  const api = await startHttpApi({ port: 0, trace: noTrace })
  stops.push(issuer.stop, api.stop)
  const { handlers } = createWorld({ access: rulesWith({ ...tokenShapes[shape].params, ...params }) })
  const authorizer = jwtAuthorizer({ issuer: issuer.url, audience: ['another-audience', audience] })
  const route = (key: string, handler: typeof handlers.query) => {
    const [method = '', path = ''] = key.split(' ')
    const invoke = aFunction((event) => handler(event as ApiEvent, context))
    return { method, path, authorization: { authorizer, scopes: [] }, serve: functionServer(invoke, region) }
  }
  api.serve([
    route('POST /v1/devices/profile/actions/{action}', handlers.submit),
    route('GET /v1/requests', handlers.query),
  ])
  const call = async (path: string, token: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(api.url + path, { ...init, headers })
    const body = (await response.json()) as { code?: string; requiredScopes?: string[] }
    return { status: response.status, code: body.code, requiredScopes: body.requiredScopes }
  }
  return {
    issuer,
    order: (token: string, accountName = account) =>
      call('/v1/devices/profile/actions/enable', token, {
        method: 'POST',
        body: JSON.stringify(localBody(1, { accountName })),
      }),
    list: (token: string) => call(`/v1/requests?accountName=${account}`, token),
    /** A token with the issuer's claims, some of them replaced. `undefined` removes a claim. */
    token: (scopes: readonly string[], changes: JWTPayload = {}, accounts: readonly string[] = [account]) => {
      const content = { issuer: issuer.url, audience, subject: 'app-1', scopes, accounts }
      const times = { issuedAt: seconds(), expiresAt: seconds() + 60 }
      const claims = { ...tokenShapes[shape].accessToken({ ...content, ...times }), ...changes }
      return issuer.sign(claims)
    },
  }
}

const issuers = ['plain', 'cognito', 'entra', 'auth0', 'keycloak'] as const
const named = (shape: TokenShapeName, scope: 'Read' | 'Write') =>
  tokenShapes[shape].params[`scope${scope}`] ?? `profiles:${scope.toLowerCase()}`

describe.each(issuers)('an access token of the form %s', (shape) => {
  test('orders and reads for its account, by its scopes alone', async () => {
    const gateway = await gatewayFor(shape)
    expect(await gateway.order(await gateway.token(['profiles:write']))).toMatchObject({ status: 202 })
    expect(await gateway.list(await gateway.token(['profiles:read']))).toMatchObject({ status: 200 })
  })

  test('without the scope is refused with the name that the issuer uses', async () => {
    const gateway = await gatewayFor(shape)
    expect(await gateway.order(await gateway.token(['profiles:read', 'profiles:manage']))).toEqual({
      status: 403,
      code: 'insufficient-scope',
      requiredScopes: [named(shape, 'Write')],
    })
    expect(await gateway.list(await gateway.token([]))).toEqual({
      status: 403,
      code: 'insufficient-scope',
      requiredScopes: [named(shape, 'Read')],
    })
  })

  test('is refused for an account that it does not list', async () => {
    const gateway = await gatewayFor(shape)
    const token = await gateway.token(['profiles:write'], {}, [account, '0000777777-00001'])
    expect(await gateway.order(token, otherAccount)).toMatchObject({ status: 403, code: 'account-not-allowed' })
    expect(await gateway.order(token)).toMatchObject({ status: 202 })
  })

  test('that lists no account allows none, and one that lists * allows all', async () => {
    const gateway = await gatewayFor(shape)
    expect(await gateway.order(await gateway.token(['profiles:write'], {}, []))).toMatchObject({
      status: 403,
      code: 'account-not-allowed',
    })
    expect(await gateway.order(await gateway.token(['profiles:write'], {}, ['*']), otherAccount)).toMatchObject({
      status: 202,
    })
  })

  test.each<[string, JWTPayload]>([
    ['another audience', shape === 'cognito' ? { client_id: 'elsewhere' } : { aud: 'elsewhere' }],
    ['an audience beside a client_id that would fit', { aud: 'elsewhere', client_id: audience }],
    ['another issuer', { iss: 'https://elsewhere.example' }],
    ['an expiry in the past', { exp: seconds() - 1 }],
  ])('with %s is refused by API Gateway', async (_, changes) => {
    const gateway = await gatewayFor(shape)
    expect(await gateway.order(await gateway.token(['profiles:write'], changes))).toMatchObject({ status: 401 })
  })
})

describe('an ID token', () => {
  const idToken = (changes: JWTPayload) => ({
    aud: audience,
    sub: 'user-1',
    iat: seconds(),
    exp: seconds() + 60,
    accounts: [account],
    ...changes,
  })

  test("of Cognito passes API Gateway's check of the audience and is refused by the functions", async () => {
    const gateway = await gatewayFor('cognito')
    const token = await gateway.issuer.sign(
      idToken({ iss: gateway.issuer.url, token_use: 'id', 'cognito:username': 'x', scope: 'profile-gateway/write' }),
    )
    expect(await gateway.order(token)).toMatchObject({ status: 403, code: 'access-token-required' })
  })

  test('of Keycloak is refused even if it has the audience and the scope', async () => {
    const gateway = await gatewayFor('keycloak')
    const token = await gateway.issuer.sign(
      idToken({ iss: gateway.issuer.url, typ: 'ID', azp: 'app-1', scope: 'openid profiles:write' }),
    )
    expect(await gateway.order(token)).toMatchObject({ status: 403, code: 'access-token-required' })
  })

  test.each(['entra', 'auth0'] as const)(
    'of %s is for its client, which is no audience of the gateway',
    async (shape) => {
      const gateway = await gatewayFor(shape)
      const token = await gateway.issuer.sign(idToken({ iss: gateway.issuer.url, aud: 'the-client', nonce: 'n' }))
      expect(await gateway.order(token)).toMatchObject({ status: 401 })
    },
  )

  test('of Auth0 for an app that is an audience too has no scope', async () => {
    const gateway = await gatewayFor('auth0')
    const token = await gateway.issuer.sign(idToken({ iss: gateway.issuer.url }))
    expect(await gateway.order(token)).toMatchObject({ status: 403, code: 'insufficient-scope' })
  })
})

describe('a token of Entra ID', () => {
  test('of a user has its scopes in scp and its accounts among its roles', async () => {
    const gateway = await gatewayFor('entra')
    const token = await gateway.token([], { scp: 'Profiles.Write Profiles.Read', roles: [`account:${account}`] })
    expect(await gateway.order(token)).toMatchObject({ status: 202 })
    expect(await gateway.order(token, otherAccount)).toMatchObject({ status: 403, code: 'account-not-allowed' })
  })

  test('without any role is an access token that allows nothing', async () => {
    const gateway = await gatewayFor('entra')
    expect(await gateway.order(await gateway.token([], { roles: undefined }))).toMatchObject({
      status: 403,
      code: 'insufficient-scope',
    })
  })

  test('cannot be read with the default parameters, which know no roles', async () => {
    const gateway = await gatewayFor('entra', { scopeClaims: 'scope,scp' })
    expect(await gateway.order(await gateway.token(['profiles:write']))).toMatchObject({
      status: 403,
      code: 'insufficient-scope',
    })
  })
})

describe('a token without the accounts claim', () => {
  test('allows no account', async () => {
    const gateway = await gatewayFor('auth0')
    const token = await gateway.token(['profiles:write'], { 'https://profile-gateway.example.com/accounts': undefined })
    expect(await gateway.order(token)).toMatchObject({ status: 403, code: 'account-not-allowed' })
  })

  test('allows every account if the stage does not require the claim', async () => {
    const gateway = await gatewayFor('auth0', { requireAccountsClaim: 'false' })
    const token = await gateway.token(['profiles:write'], { 'https://profile-gateway.example.com/accounts': undefined })
    expect(await gateway.order(token)).toMatchObject({ status: 202 })
  })

  test('is read in the usual place if no parameter is set', () => {
    expect(rulesWith({})).toEqual(anAccess())
  })
})
