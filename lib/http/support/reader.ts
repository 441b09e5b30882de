import type { Reader } from '../../profile/support/find/search.ts'
import { type Caller, mayUse } from '../caller.ts'
import { ProblemError } from '../problem.ts'

/** Most accounts in which one call looks upstream request ids up, because each costs a read. */
const mostAccounts = 50

/**
 * The reader of a search. Upstream request ids are stored by account, so they are looked up in the accounts of the
 * token, or in the served accounts if the token allows all. Throws an `invalid-parameter` problem if these are too many
 * and the call names none.
 */
export function readerOf(
  caller: Caller,
  { accountName, servedAccounts }: { accountName?: string | undefined; servedAccounts: readonly string[] },
): Reader {
  const may = (name: string) => mayUse(caller, name) && (accountName === undefined || name === accountName)
  if (accountName !== undefined) return { mayUse: may, accounts: mayUse(caller, accountName) ? [accountName] : [] }
  const accounts = caller.accounts ?? servedAccounts
  if (accounts.length <= mostAccounts) return { mayUse: may, accounts }
  throw new ProblemError('invalid-parameter', {
    detail: `you may use more than ${mostAccounts} accounts: name one as accountName`,
    errors: [{ pointer: '?accountName', code: 'invalid', detail: 'name one of your accounts' }],
  })
}
