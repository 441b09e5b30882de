import * as z from 'zod/mini'
import { ProblemError } from './problem.ts'

const Claims = z.looseObject({
  iss: z.optional(z.string()),
  sub: z.optional(z.string()),
  client_id: z.optional(z.string()),
  azp: z.optional(z.string()),
  accounts: z.optional(z.string()),
})

/** Who calls, as the JWT authorizer found out. */
export type Caller = {
  /** Issuer and subject: idempotency keys are the caller's own. */
  id: string
  /** The accounts the token is limited to; `undefined`: all. */
  accounts: readonly string[] | undefined
}

/**
 * Reads the claims that API Gateway has verified. It hands every claim over as text, an array as `[a b]`.
 * A claim `accounts` that is there but empty allows nothing.
 */
export function readCaller(claims: unknown): Caller {
  const { iss, sub, client_id: clientId, azp, accounts } = Claims.parse(claims ?? {})
  return { id: `${iss ?? ''}|${sub ?? clientId ?? azp ?? ''}`, accounts: readAccounts(accounts) }
}

/**
 * API Gateway flattens an array claim to `[0000123456-00001 0000654321-00001]`, which cannot carry account names with
 * blanks; issuers that need those send one text with commas.
 */
function readAccounts(claim: string | undefined): string[] | undefined {
  if (claim === undefined) return undefined
  const list = /^\[(.*)\]$/s.exec(claim)
  const names = list === null ? claim.split(',') : (list[1] ?? '').split(claim.includes(',') ? ',' : ' ')
  return names.map((name) => name.trim()).filter((name) => name !== '')
}

export const mayUse = ({ accounts }: Caller, accountName: string): boolean =>
  accounts === undefined || accounts.includes(accountName)

/** Refuses an account that is not the caller's own. */
export function requireAccount(caller: Caller, accountName: string): void {
  if (mayUse(caller, accountName)) return
  throw new ProblemError('account-not-allowed', { detail: 'the token does not allow this account name' })
}
