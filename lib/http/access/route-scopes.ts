import { type Scope, scopes } from './scopes.ts'

/**
 * The routes of serverless.yml by the scope that they require. The functions check it, and the OpenAPI document shows it.
 * A route that is not listed is answered 500, so a forgotten one opens nothing.
 */
const routesOf = {
  'profiles:read': [
    'GET /v1/requests',
    'GET /v1/requests/{requestId}',
    'GET /v1/requests/{requestId}/devices',
    'GET /v1/requests/{requestId}/timeline',
    'GET /v1/requests/{requestId}/evidence',
    'GET /v1/devices/{kind}/{id}/requests',
    'GET /v1/search',
    'GET /v1/cards/{kind}/{id}',
    'GET /v1/failures',
    'GET /v1/failures/counts',
    'GET /v1/accounts',
    'GET /v1/accounts/{accountName}',
    'GET /v1/decisions',
    'GET /v1/decisions/plans/{planId}',
  ],
  'profiles:write': [
    'POST /v1/devices/profile/actions/{action}',
    'POST /m2m/v1/devices/profile/actions/{action}',
    'POST /v1/requests/{requestId}/reorder',
  ],
  'profiles:manage': [
    'POST /v1/decisions/plans',
    'POST /v1/decisions/plans/{planId}/execute',
    'POST /v1/decisions/plans/{planId}/stop',
    'POST /v1/requests/{requestId}/retry',
    'POST /v1/requests/{requestId}/cancel',
  ],
  'profiles:operate': [
    'GET /v1/operate/quarantine',
    'GET /v1/operate/quarantine/{id}',
    'POST /v1/operate/quarantine/{id}/rerun',
    'POST /v1/operate/quarantine/{id}/dismiss',
    'GET /v1/operate/latches',
    'POST /v1/operate/latches/{credentialSet}/open',
    'GET /v1/operate/flows',
    'POST /v1/operate/flows/{credentialSet}/resume',
    'GET /v1/operate/dead-letters',
    'POST /v1/operate/dead-letters/{queue}/redrive',
    'GET /v1/operate/listeners',
    'POST /v1/operate/listeners/check',
    'GET /v1/operate/audit',
  ],
} as const satisfies Readonly<Record<Scope, readonly string[]>>

/** Routes that need no token. */
const openRoutes: readonly string[] = [
  'GET /health',
  'GET /openapi.json',
  'GET /console',
  'GET /console/{file}',
  'GET /docs',
  'GET /docs/{file}',
]

const required: ReadonlyMap<string, Scope | undefined> = new Map([
  ...openRoutes.map((route): [string, undefined] => [route, undefined]),
  ...scopes.flatMap((scope) => routesOf[scope].map((route): [string, Scope] => [route, scope])),
])

/** Every listed route, as API Gateway names it. */
export const routeKeys: readonly string[] = [...required.keys()]

/** The scope of a route, or `undefined` if the route needs no token. Throws if the route is not listed. */
export function scopeOf(routeKey: string): Scope | undefined {
  if (!required.has(routeKey)) throw new Error(`route-scopes.ts does not list ${routeKey}`)
  return required.get(routeKey)
}
