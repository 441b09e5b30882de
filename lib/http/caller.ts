import { Claims, isOtherToken, listClaim, textClaim } from './access/claims.ts'
import { readAccounts, readPrefixedAccounts } from './access/read-accounts.ts'
import { readScopes } from './access/read-scopes.ts'
import type { AccessRules, Scope } from './access/scopes.ts'
import { ProblemError } from './problem.ts'

/** The claims that can identify a caller, in order of precedence. */
const namingClaims = ['sub', 'client_id', 'azp'] as const

/** The caller, from the token that the JWT authorizer has verified. */
export type Caller = {
  /** Issuer, identifying claim and its value. Each caller has its own idempotency keys. */
  id: string
  /** The accounts that the token allows. `undefined` allows all. */
  accounts: readonly string[] | undefined
  /** What the token allows. */
  scopes: readonly Scope[]
}

/** The caller of a route without an authorizer. It may use no account. */
export const anonymous: Caller = { id: '', accounts: [], scopes: [] }

/**
 * Reads the claims that API Gateway has verified. Throws an `access-token-required` problem if the token says that it is
 * another kind of token, and `caller-unknown` if it does not identify its caller.
 */
export function readCaller(given: unknown, rules: AccessRules): Caller {
  if (given === undefined || given === null) return anonymous
  const claims = Claims.parse(given)
  if (isOtherToken(claims)) {
    throw new ProblemError('access-token-required', { detail: 'send an access token, not an ID or refresh token' })
  }
  const claim = namingClaims.find((name) => textClaim(claims, name) !== undefined)
  const value = claim === undefined ? '' : (textClaim(claims, claim) ?? '')
  if (claim === undefined || value.trim() === '') {
    throw new ProblemError('caller-unknown', {
      detail: 'the token needs a claim sub, client_id or azp that is not empty',
    })
  }
  const accounts = listClaim(claims, rules.accountsClaim)
  return {
    id: `${textClaim(claims, 'iss') ?? ''}|${claim}:${value}`,
    accounts: accounts === undefined ? withoutClaim(rules) : accountsOf(accounts, rules),
    scopes: readScopes(claims, rules),
  }
}

const accountsOf = (claim: string | readonly string[], { accountsPrefix }: AccessRules) =>
  accountsPrefix === '' ? readAccounts(claim) : readPrefixedAccounts(claim, accountsPrefix)

const withoutClaim = ({ requireAccountsClaim }: AccessRules): [] | undefined => (requireAccountsClaim ? [] : undefined)

/** Whether the token allows the account. */
export const mayUse = ({ accounts }: Caller, accountName: string): boolean =>
  accounts === undefined || accounts.includes(accountName)

/** Throws an `account-not-allowed` problem if the token does not allow the account. */
export function requireAccount(caller: Caller, accountName: string): void {
  if (mayUse(caller, accountName)) return
  const detail =
    caller.accounts?.length === 0
      ? 'the token allows no account: its accounts claim is missing, empty or ambiguous'
      : 'the token does not allow this account name'
  throw new ProblemError('account-not-allowed', { detail })
}

/** Throws an `account-not-allowed` problem if the token names accounts. For what concerns all of them. */
export function requireEveryAccount({ accounts }: Caller): void {
  if (accounts === undefined) return
  throw new ProblemError('account-not-allowed', { detail: 'this concerns all accounts; the token names some' })
}

/** Throws an `insufficient-scope` problem that names the scope, if the token lacks it. */
export function requireScope({ scopes }: Caller, scope: Scope, { scopeNames }: AccessRules): void {
  if (scopes.includes(scope)) return
  const requiredScopes = scopeNames[scope]
  throw new ProblemError('insufficient-scope', {
    detail: `the token needs the scope ${requiredScopes.join(' or ')}`,
    requiredScopes,
  })
}
