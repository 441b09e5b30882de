import { type Claims, listClaim } from './claims.ts'
import { type AccessRules, type Scope, scopes } from './scopes.ts'

/**
 * The scopes that a token has. A claim is a text with blanks between the names, or an array, which API Gateway passes
 * as `[a b]`. No name of a scope has a blank, so both are read alike.
 */
export function readScopes(claims: Claims, { scopeClaims, scopeNames }: AccessRules): Scope[] {
  const granted = new Set(scopeClaims.flatMap((name) => wordsOf(listClaim(claims, name) ?? [])))
  return scopes.filter((scope) => scopeNames[scope].some((name) => granted.has(name)))
}

const wordsOf = (claim: string | readonly string[]): readonly string[] =>
  typeof claim === 'string' ? (/^\s*\[(.*)\]\s*$/s.exec(claim)?.[1] ?? claim).split(/\s+/) : claim
