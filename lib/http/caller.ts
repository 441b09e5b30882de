import * as z from 'zod/mini'
import { ProblemError } from './problem.ts'

const Claims = z.looseObject({
  iss: z.optional(z.string()),
  sub: z.optional(z.string()),
  client_id: z.optional(z.string()),
  azp: z.optional(z.string()),
  accounts: z.optional(z.string()),
})

/** The claims that can identify a caller, in order of precedence. */
const namingClaims = ['sub', 'client_id', 'azp'] as const

/** The caller, from the token that the JWT authorizer has verified. */
export type Caller = {
  /** Issuer, identifying claim and its value. Each caller has its own idempotency keys. */
  id: string
  /** The accounts that the token allows. `undefined` allows all. */
  accounts: readonly string[] | undefined
}

/** The caller of a route without an authorizer. It may use no account. */
export const anonymous: Caller = { id: '', accounts: [] }

/**
 * Reads the claims that API Gateway has verified. API Gateway passes each claim as text, an array as `[a b]`. Throws a
 * `caller-unknown` problem if the token does not identify its caller.
 */
export function readCaller(claims: unknown): Caller {
  if (claims === undefined || claims === null) return anonymous
  const { iss = '', accounts, ...named } = Claims.parse(claims)
  const claim = namingClaims.find((name) => named[name] !== undefined)
  const value = claim === undefined ? '' : (named[claim] ?? '')
  if (claim === undefined || value.trim() === '') {
    throw new ProblemError('caller-unknown', {
      detail: 'the token needs a claim sub, client_id or azp that is not empty',
    })
  }
  return { id: `${iss}|${claim}:${value}`, accounts: readAccounts(accounts) }
}

/** ThingSpace's format of account numbers. It has no blanks, so a flattened list of them can be read. */
const accountNumber = /^\d{10}-\d{5}$/

/**
 * Reads the claim `accounts`. A text is a comma-separated list of any account names. API Gateway flattens an array to
 * `[a b]`, which does not show where a name with blanks or commas ends. Several words are therefore names only if each
 * is an account number. An ambiguous claim allows no account.
 */
function readAccounts(claim: string | undefined): string[] | undefined {
  if (claim === undefined) return undefined
  const list = /^\s*\[(.*)\]\s*$/s.exec(claim)
  if (list === null) return claim.split(',').flatMap((name) => name.trim() || [])
  const words = (list[1] ?? '').split(/[\s,]+/).filter((word) => word !== '')
  return words.length <= 1 || words.every((word) => accountNumber.test(word)) ? words : []
}

/** Whether the token allows the account. */
export const mayUse = ({ accounts }: Caller, accountName: string): boolean =>
  accounts === undefined || accounts.includes(accountName)

/** Throws an `account-not-allowed` problem if the token does not allow the account. */
export function requireAccount(caller: Caller, accountName: string): void {
  if (mayUse(caller, accountName)) return
  throw new ProblemError('account-not-allowed', { detail: 'the token does not allow this account name' })
}
