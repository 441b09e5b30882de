import * as z from 'zod/mini'
import { ProblemError } from './problem.ts'

const Claims = z.looseObject({
  iss: z.optional(z.string()),
  sub: z.optional(z.string()),
  client_id: z.optional(z.string()),
  azp: z.optional(z.string()),
  accounts: z.optional(z.string()),
})

/** The claims that can name a caller, in the order in which they are taken. */
const namingClaims = ['sub', 'client_id', 'azp'] as const

/** Who calls, as the JWT authorizer found out. */
export type Caller = {
  /** Issuer, naming claim and its value: idempotency keys are the caller's own. */
  id: string
  /** The accounts the token is limited to; `undefined`: all. */
  accounts: readonly string[] | undefined
}

/** The caller of a route without an authorizer. It may use no account. */
const nobody: Caller = { id: '', accounts: [] }

/** Reads the claims that API Gateway has verified. It hands every claim over as text, an array as `[a b]`. */
export function readCaller(claims: unknown): Caller {
  if (claims === undefined || claims === null) return nobody
  const { iss = '', accounts, ...named } = Claims.parse(claims)
  const claim = namingClaims.find((name) => named[name] !== undefined)
  const value = claim === undefined ? '' : (named[claim] ?? '')
  if (claim === undefined || value.trim() === '') {
    throw new ProblemError('caller-unknown', { detail: 'the token needs a claim sub, client_id or azp with a value' })
  }
  return { id: `${iss}|${claim}:${value}`, accounts: readAccounts(accounts) }
}

/**
 * How ThingSpace numbers accounts. Such a name has no blank, so a list of them can be read after API Gateway flattened
 * it.
 */
const accountNumber = /^\d{10}-\d{5}$/

/**
 * One text with commas names any accounts. API Gateway flattens an array to `[a b]`, which does not show where a name
 * with blanks or commas ends: several words are names only if each is an account number. Anything ambiguous allows
 * nothing.
 */
function readAccounts(claim: string | undefined): string[] | undefined {
  if (claim === undefined) return undefined
  const list = /^\s*\[(.*)\]\s*$/s.exec(claim)
  if (list === null) return claim.split(',').flatMap((name) => name.trim() || [])
  const words = (list[1] ?? '').split(/[\s,]+/).filter((word) => word !== '')
  return words.length <= 1 || words.every((word) => accountNumber.test(word)) ? words : []
}

export const mayUse = ({ accounts }: Caller, accountName: string): boolean =>
  accounts === undefined || accounts.includes(accountName)

/** Refuses an account that is not the caller's own. */
export function requireAccount(caller: Caller, accountName: string): void {
  if (mayUse(caller, accountName)) return
  throw new ProblemError('account-not-allowed', { detail: 'the token does not allow this account name' })
}
