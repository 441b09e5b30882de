import type { ApiEvent } from '../api-call.ts'
import { type Caller, requireEveryAccount } from '../caller.ts'
import { ProblemError } from '../problem.ts'

/**
 * Returns the credential set that a route is to change, from its path. Throws a problem if there is none of this name, or
 * if the token names accounts, because a credential set is shared by accounts.
 */
export function credentialSetToChange(
  { event, caller }: { event: ApiEvent; caller: Caller },
  known: readonly string[],
): string {
  requireEveryAccount(caller)
  const credentialSet = event.pathParameters?.['credentialSet']
  if (credentialSet !== undefined && known.includes(credentialSet)) return credentialSet
  throw new ProblemError('not-found', { detail: 'there is no credential set of this name' })
}
