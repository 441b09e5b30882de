import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import * as z from 'zod'
import { type JwtContext, scopesOf, textClaims } from './jwt-claims.ts'

/** The decision of the authorizer. `challenge` is the `www-authenticate` header of a refusal. */
type Decision =
  | { kind: 'allowed'; jwt: JwtContext }
  | { kind: 'unauthorized'; challenge: string }
  | { kind: 'forbidden'; challenge: string }

export type JwtAuthorizer = (header: string | undefined, scopes: readonly string[]) => Promise<Decision>

const Discovery = z.object({ jwks_uri: z.url() })

/**
 * Creates a JWT authorizer as HTTP APIs have it. It checks the RSA signature with the issuer's published key that `kid` names, `iss`,
 * `aud` (or `client_id` if there is no `aud`), `exp`, `nbf` and `iat`, and requires at least one of the route's scopes.
 */
export function jwtAuthorizer({ issuer, audience }: { issuer: string; audience: readonly string[] }): JwtAuthorizer {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined

  const discover = async () => {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    return createRemoteJWKSet(new URL(Discovery.parse(await response.json()).jwks_uri))
  }

  const verify = async (token: string): Promise<JWTPayload> => {
    keys ??= discover()
    keys.catch(() => (keys = undefined))
    const algorithms = ['RS256', 'RS384', 'RS512']
    const { payload, protectedHeader } = await jwtVerify(token, await keys, {
      issuer,
      algorithms,
      requiredClaims: ['exp'],
    })
    if (protectedHeader.kid === undefined) throw new Error('the token names no key')
    if (payload.iat !== undefined && payload.iat > Date.now() / 1000)
      throw new Error('the token was issued in the future')
    const named = payload.aud ?? payload['client_id']
    const audiences = Array.isArray(named) ? named : [named]
    if (!audience.some((each) => audiences.includes(each))) throw new Error('the token is for another audience')
    return payload
  }

  return async (header, scopes) => {
    const token = /^(?:Bearer +)?(\S+)$/i.exec(header?.trim() ?? '')?.[1]
    if (token === undefined) return { kind: 'unauthorized', challenge: 'Bearer' }
    let claims: JWTPayload
    try {
      claims = await verify(token)
    } catch {
      return { kind: 'unauthorized', challenge: 'Bearer scope="" error="invalid_token"' }
    }
    const granted = scopesOf(claims)
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) {
      return { kind: 'forbidden', challenge: `Bearer scope="${scopes.join(' ')}" error="insufficient_scope"` }
    }
    return { kind: 'allowed', jwt: { claims: textClaims(claims), scopes: scopes.length === 0 ? null : granted } }
  }
}
