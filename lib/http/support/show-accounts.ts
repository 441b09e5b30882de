import * as z from 'zod/mini'
import { type AccountDetailsDependencies, readAccountDetails } from '../../profile/support/accounts/account-details.ts'
import { readAccountHealth } from '../../profile/support/accounts/account-health.ts'
import { AccountName } from '../../profile/order/body-fields.ts'
import type { ApiAnswer } from '../api-call.ts'
import { type Caller, mayUse } from '../caller.ts'
import { readParameters, requireNoParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'

export type ShowAccountsDependencies = {
  store: AccountDetailsDependencies['store']
  servedAccounts: readonly string[]
}

const AccountPath = z.object({ accountName: AccountName })

/**
 * GET /v1/accounts: the accounts of the token, or the served ones and those with open requests if the token allows all.
 */
export async function listAccounts(
  caller: Caller,
  query: unknown,
  { store, servedAccounts }: ShowAccountsDependencies,
): Promise<ApiAnswer> {
  requireNoParameters(query)
  const only = caller.accounts === undefined ? undefined : [...new Set(caller.accounts)]
  return { status: 200, body: { items: await readAccountHealth({ store, accounts: servedAccounts, only }) } }
}

/** GET /v1/accounts/{accountName}: the same of one account, with its newest callback. */
export async function showAccount(
  caller: Caller,
  { path, query }: { path: unknown; query: unknown },
  { store, servedAccounts }: ShowAccountsDependencies,
): Promise<ApiAnswer> {
  const { accountName } = readParameters(AccountPath, path)
  requireNoParameters(query)
  const unknown = () => new ProblemError('not-found', { detail: 'you have no account with this name' })
  if (!mayUse(caller, accountName)) throw unknown()
  const { details, isKnown } = await readAccountDetails(accountName, { store, accounts: servedAccounts })
  // A caller of all accounts may name any text as one.
  if (caller.accounts === undefined && !isKnown) throw unknown()
  return { status: 200, body: details }
}
