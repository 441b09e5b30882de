import * as z from 'zod/mini'

/** The claims of a verified token by name, as API Gateway passes them: each value is a text. */
export const Claims = z.record(z.string(), z.unknown())
export type Claims = z.infer<typeof Claims>

const text = z.string()

/**
 * A claim by its exact name, which may be a URL. Throws if its value is no text: then API Gateway does not behave as
 * documented, and ignoring the claim could give the caller more than the issuer meant.
 */
export function textClaim(claims: Claims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return value === undefined ? undefined : text.parse(value)
}

/**
 * A claim that holds one or more names. `name` is the exact name of the claim, or a JSON pointer (RFC 6901) such as
 * `/realm_access/roles` into a claim whose value is an object, which API Gateway passes as JSON. A value that cannot be
 * read holds no name.
 */
export function listClaim(claims: Claims, name: string): string | readonly string[] | undefined {
  if (!name.startsWith('/')) return textClaim(claims, name)
  const [top = '', ...path] = name.slice(1).split('/').map(unescaped)
  const object = textClaim(claims, top)
  if (object === undefined) return undefined
  const found = memberAt(parsed(object), path)
  if (found === undefined) return undefined
  const names = Names.safeParse(found)
  return names.success ? names.data : []
}

const Names = z.union([text, z.array(text)])

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')

function memberAt(value: unknown, [name, ...path]: readonly string[]): unknown {
  if (name === undefined) return value
  const object = Claims.safeParse(value)
  if (!object.success) return null
  return Object.hasOwn(object.data, name) ? memberAt(object.data[name], path) : undefined
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

/** Values of `typ` in Keycloak's tokens that are no access tokens. */
const otherTypes: ReadonlySet<string | undefined> = new Set(['ID', 'Refresh', 'Offline', 'Logout'])

/**
 * Whether a token says that it is not an access token. API Gateway cannot tell: it accepts an ID token of Cognito, whose
 * audience is the same as an access token's `client_id`. Cognito writes `token_use`, Keycloak `typ`; `at_hash` and
 * `c_hash` occur in ID tokens only (OpenID Connect Core 3.1.3.6, 3.3.2.11).
 */
export function isOtherToken(claims: Claims): boolean {
  const use = textClaim(claims, 'token_use')
  return (
    (use !== undefined && use !== 'access') ||
    otherTypes.has(textClaim(claims, 'typ')) ||
    Object.hasOwn(claims, 'at_hash') ||
    Object.hasOwn(claims, 'c_hash')
  )
}
