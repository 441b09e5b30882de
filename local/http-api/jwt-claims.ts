import type { JWTPayload } from 'jose'

/** The content of `requestContext.authorizer.jwt` in a function's event. */
export type JwtContext = { claims: Record<string, string>; scopes: string[] | null }

/** The scopes of a token: from `scope`, separated by blanks, or from `scp`, which may be a list. */
export function scopesOf(claims: JWTPayload): string[] {
  const written = claims['scope'] ?? claims['scp']
  if (typeof written === 'string') return written.split(' ').filter((scope) => scope !== '')
  return Array.isArray(written) ? written.map(String) : []
}

/** Converts claims to strings, as HTTP APIs do: lists as `[a b]`, objects as JSON. Null claims are omitted. */
export function textClaims(claims: JWTPayload): Record<string, string> {
  const texts = Object.entries(claims).flatMap(([name, value]): Array<[string, string]> => {
    if (value === null || value === undefined) return []
    if (Array.isArray(value)) return [[name, `[${value.map(asText).join(' ')}]`]]
    return [[name, asText(value)]]
  })
  return Object.fromEntries(texts)
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
