import { describe, expect, test } from 'vitest'
import { apiHandler } from '../../../lib/http/api-handler.ts'
import { routeKeys, scopeOf } from '../../../lib/http/access/route-scopes.ts'
import { type AccessRules, scopes } from '../../../lib/http/access/scopes.ts'
import { Problem } from '../../../lib/http/problem.ts'
import { anAccess, apiEvent, context } from '../../builders.ts'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The answer of a route to a token with these claims. */
async function call(route: string, claims: Record<string, string>, access: AccessRules = anAccess()) {
  const handler = apiHandler(async ({ caller }) => ({ status: 200, body: caller }), { log, access })
  const { statusCode, headers, body } = await handler(apiEvent({ route, claims: { scope: '', ...claims } }), context)
  return { status: statusCode, headers, body: JSON.parse(body ?? '') as unknown }
}

const protectedRoutes = routeKeys.flatMap((route) => {
  const scope = scopeOf(route)
  return scope === undefined ? [] : [{ route, scope }]
})

describe('a scope', () => {
  test.each(protectedRoutes)('$scope is needed by $route', async ({ route, scope }) => {
    const others = scopes.filter((each) => each !== scope).join(' ')

    const refused = await call(route, { scope: others })

    expect(refused).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
      body: { code: 'insufficient-scope', detail: `the token needs the scope ${scope}`, requiredScopes: [scope] },
    })
    expect(Problem.parse(refused.body)).toMatchObject({ retryable: false })
    expect(await call(route, { scope })).toMatchObject({ status: 200, body: { scopes: [scope] } })
  })

  test('is not needed on a route without a token', async () => {
    const handler = apiHandler(async ({ caller }) => ({ status: 200, body: caller }), { log, access: anAccess() })
    const { requestContext, ...event } = apiEvent({ route: 'GET /health' })
    const { authorizer: _none, ...withoutToken } = requestContext
    const answer = await handler({ ...event, requestContext: withoutToken }, context)
    expect(JSON.parse(answer.body ?? '')).toEqual({ id: '', accounts: [], scopes: [] })
  })

  test('is missing if a route that needs it gets no claims at all', async () => {
    const handler = apiHandler(async () => ({ status: 200 }), { log, access: anAccess() })
    const { requestContext, ...event } = apiEvent({ route: 'GET /v1/requests' })
    const { authorizer: _none, ...withoutToken } = requestContext
    expect(await handler({ ...event, requestContext: withoutToken }, context)).toMatchObject({ statusCode: 403 })
  })

  test('is unknown for a route without a row in the table, which is answered 500', async () => {
    expect(await call('GET /v1/forgotten', { scope: scopes.join(' ') })).toMatchObject({
      status: 500,
      body: { code: 'internal-error' },
    })
  })

  const renamed = anAccess({
    scopeNames: {
      'profiles:read': ['gateway/read', 'Profiles.Read.All'],
      'profiles:write': ['gateway/write'],
      'profiles:manage': ['gateway/manage'],
      'profiles:operate': ['gateway/operate'],
    },
    scopeClaims: ['scp', 'roles', '/realm_access/roles'],
  })

  test.each<{ about: string; claims: Record<string, string> }>([
    { about: 'a text with blanks', claims: { scp: 'openid gateway/read' } },
    { about: 'an array, which API Gateway flattens', claims: { roles: '[Profiles.Read.All other]' } },
    { about: 'an array of one', claims: { roles: '[gateway/read]' } },
    { about: 'another claim than the first', claims: { scp: 'openid', roles: '[gateway/read]' } },
    { about: 'a nested array', claims: { realm_access: '{"roles":["offline","gateway/read"]}' } },
  ])('is read from $about', async ({ claims }) => {
    expect(await call('GET /v1/requests', claims, renamed)).toMatchObject({ body: { scopes: ['profiles:read'] } })
  })

  test.each<{ about: string; claims: Record<string, string> }>([
    { about: 'has the default name where the stage uses another', claims: { scp: 'profiles:read' } },
    { about: 'is in a claim that the stage does not read', claims: { scope: 'gateway/read' } },
    { about: 'is a part of another name', claims: { scp: 'gateway/read.all xgateway/read gateway' } },
    { about: 'differs in upper case', claims: { scp: 'Gateway/Read' } },
    { about: 'is separated by a comma', claims: { scp: 'gateway/read,gateway/write' } },
    { about: 'is a part of a nested name', claims: { realm_access: '{"roles":["a gateway/read"]}' } },
    { about: 'is in a nested value that cannot be read', claims: { realm_access: 'map[roles:[gateway/read]]' } },
    { about: 'is in a nested object', claims: { realm_access: '{"roles":{"gateway/read":true}}' } },
    { about: 'is beside the nested claim', claims: { realm_access: '{"other":["gateway/read"]}' } },
  ])('is missing if it $about', async ({ claims }) => {
    expect(await call('GET /v1/requests', claims, renamed)).toMatchObject({
      status: 403,
      body: { requiredScopes: ['gateway/read', 'Profiles.Read.All'] },
    })
  })
})

describe('a token that is not an access token', () => {
  test.each<{ about: string; claims: Record<string, string> }>([
    { about: "Cognito's ID token", claims: { token_use: 'id' } },
    { about: "Keycloak's ID token", claims: { typ: 'ID' } },
    { about: "Keycloak's refresh token", claims: { typ: 'Refresh' } },
    { about: 'an ID token with a hash of its access token', claims: { at_hash: 'x' } },
    { about: 'an ID token with a hash of its code', claims: { c_hash: 'x' } },
  ])('is refused even if it has the scope: $about', async ({ claims }) => {
    expect(await call('GET /v1/requests', { scope: 'profiles:read', ...claims })).toMatchObject({
      status: 403,
      body: { code: 'access-token-required' },
    })
  })

  test.each<{ claims: Record<string, string> }>([
    { claims: { token_use: 'access' } },
    { claims: { typ: 'Bearer' } },
    { claims: {} },
  ])('does not mean the access token %j', async ({ claims }) => {
    expect(await call('GET /v1/requests', { scope: 'profiles:read', ...claims })).toMatchObject({ status: 200 })
  })
})
