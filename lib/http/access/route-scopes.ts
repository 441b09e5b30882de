import type { Scope } from './scopes.ts'

/**
 * The scope that each route of serverless.yml requires. `undefined`: the route needs no token. The functions check it,
 * and the OpenAPI document shows it. A route without a row is answered 500, so a forgotten row opens nothing.
 */
const routeScopes = {
  'POST /v1/devices/profile/actions/{action}': 'profiles:write',
  'POST /m2m/v1/devices/profile/actions/{action}': 'profiles:write',
  'GET /v1/requests': 'profiles:read',
  'GET /v1/requests/{requestId}': 'profiles:read',
  'GET /v1/requests/{requestId}/devices': 'profiles:read',
  'GET /v1/requests/{requestId}/timeline': 'profiles:read',
  'GET /v1/requests/{requestId}/evidence': 'profiles:read',
  'GET /v1/devices/{kind}/{id}/requests': 'profiles:read',
  'GET /v1/search': 'profiles:read',
  'GET /v1/cards/{kind}/{id}': 'profiles:read',
  'GET /v1/failures': 'profiles:read',
  'GET /v1/failures/counts': 'profiles:read',
  'GET /v1/decisions': 'profiles:read',
  'GET /v1/decisions/plans/{planId}': 'profiles:read',
  'POST /v1/decisions/plans': 'profiles:manage',
  'POST /v1/decisions/plans/{planId}/execute': 'profiles:manage',
  'POST /v1/decisions/plans/{planId}/stop': 'profiles:manage',
  'POST /v1/requests/{requestId}/retry': 'profiles:manage',
  'POST /v1/requests/{requestId}/cancel': 'profiles:manage',
  'POST /v1/requests/{requestId}/reorder': 'profiles:write',
  'GET /v1/operate/quarantine': 'profiles:operate',
  'GET /v1/operate/quarantine/{id}': 'profiles:operate',
  'POST /v1/operate/quarantine/{id}/rerun': 'profiles:operate',
  'POST /v1/operate/quarantine/{id}/dismiss': 'profiles:operate',
  'GET /v1/operate/latches': 'profiles:operate',
  'POST /v1/operate/latches/{credentialSet}/open': 'profiles:operate',
  'GET /v1/operate/dead-letters': 'profiles:operate',
  'POST /v1/operate/dead-letters/{queue}/redrive': 'profiles:operate',
  'GET /v1/operate/listeners': 'profiles:operate',
  'POST /v1/operate/listeners/check': 'profiles:operate',
  'GET /v1/operate/audit': 'profiles:operate',
  'GET /health': undefined,
  'GET /openapi.json': undefined,
  'GET /console': undefined,
  'GET /console/{file}': undefined,
  'GET /docs': undefined,
  'GET /docs/{file}': undefined,
} as const satisfies Readonly<Record<string, Scope | undefined>>

/** A route with a row in the table, as API Gateway names it. */
type RouteKey = keyof typeof routeScopes

/** Every route with a row in the table. */
export const routeKeys: readonly string[] = Object.keys(routeScopes)

const isRouteKey = (key: string): key is RouteKey => Object.hasOwn(routeScopes, key)

/** The scope of a route, or `undefined` if the route needs no token. Throws if the table has no row for it. */
export function scopeOf(routeKey: string): Scope | undefined {
  if (!isRouteKey(routeKey)) throw new Error(`route-scopes.ts has no row for ${routeKey}`)
  return routeScopes[routeKey]
}
