import { type Action, isAction } from '../actions.ts'

/** A call, as its method and path define it. */
export type Call =
  | { kind: 'token' }
  | { kind: 'revoke' }
  | { kind: 'login' }
  | { kind: 'logout' }
  | { kind: 'reset-password' }
  | { kind: 'register'; accountName: string }
  | { kind: 'list-listeners'; accountName: string }
  | { kind: 'deregister'; accountName: string; serviceName: string }
  /** `sdkPath`: where Verizon's SDK sends the Global set-fallback, without `/m2m`. */
  | { kind: 'action'; action: Action; sdkPath?: true }
  | { kind: 'request-status'; version: 1 | 2; accountName: string; requestId: string }
  /** A wrong path: other prefix (`/m2m/v1`), doubled slash, unknown action, wrong method. */
  | { kind: 'unknown' }

type Route = { method: string; path: RegExp; read: (part: (name: string) => string) => Call }

const routes: readonly Route[] = [
  { method: 'POST', path: /^\/api\/ts\/v1\/oauth2\/token$/, read: () => ({ kind: 'token' }) },
  { method: 'POST', path: /^\/api\/ts\/v1\/oauth2\/revoke$/, read: () => ({ kind: 'revoke' }) },
  { method: 'POST', path: /^\/api\/m2m\/v1\/session\/login$/, read: () => ({ kind: 'login' }) },
  { method: 'POST', path: /^\/api\/m2m\/v1\/session\/logout$/, read: () => ({ kind: 'logout' }) },
  {
    method: 'PUT',
    path: /^\/api\/m2m\/v1\/session\/password\/actions\/reset$/,
    read: () => ({ kind: 'reset-password' }),
  },
  {
    method: 'POST',
    path: /^\/api\/m2m\/v1\/callbacks\/(?<account>[^/]+)$/,
    read: (part) => ({ kind: 'register', accountName: part('account') }),
  },
  {
    method: 'GET',
    path: /^\/api\/m2m\/v1\/callbacks\/(?<account>[^/]+)$/,
    read: (part) => ({ kind: 'list-listeners', accountName: part('account') }),
  },
  {
    method: 'DELETE',
    path: /^\/api\/m2m\/v1\/callbacks\/(?<account>[^/]+)\/name\/(?<service>[^/]+)$/,
    read: (part) => ({ kind: 'deregister', accountName: part('account'), serviceName: part('service') }),
  },
  {
    method: 'POST',
    path: /^\/api\/m2m\/v1\/devices\/profile\/actions\/(?<action>[^/]+)$/,
    read: (part) => {
      const action = part('action')
      return isAction(action) ? { kind: 'action', action } : { kind: 'unknown' }
    },
  },
  {
    method: 'POST',
    path: /^\/api\/v1\/devices\/profile\/actions\/setfallbackattribute$/,
    read: () => ({ kind: 'action', action: 'setfallbackattribute', sdkPath: true }),
  },
  {
    method: 'GET',
    path: /^\/api\/m2m\/v(?<version>[12])\/accounts\/(?<account>[^/]+)\/requests\/(?<request>[^/]+)\/status$/,
    read: (part) => ({
      kind: 'request-status',
      version: part('version') === '2' ? 2 : 1,
      accountName: part('account'),
      requestId: part('request'),
    }),
  },
]

/** Determines the call from method and URL. Ignores the query string, because no call has one. */
export const readCall = (method: string, url: string): Call => {
  const path = url.split('?', 1)[0] ?? ''
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null
    if (match === null) continue
    try {
      return route.read((name) => decodeURIComponent(match.groups?.[name] ?? ''))
    } catch {
      // A path with an invalid percent-encoding is unknown.
      return { kind: 'unknown' }
    }
  }
  return { kind: 'unknown' }
}
