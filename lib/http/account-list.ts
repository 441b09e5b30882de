import * as z from 'zod/mini'
import { AccountName } from '../profile/order/body-fields.ts'
import { type Caller, requireAccount } from './caller.ts'
import { ProblemError } from './problem.ts'

/** The parameter `accountName` of the lists of an account. */
export const accountParameter = z.optional(
  AccountName.check(z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode')),
)

/** A date as a parameter, in epoch milliseconds. Years 0 to 9999: only their texts sort in the order of time. */
export const instant = z
  .pipe(
    z.iso.datetime({ offset: true }),
    z.transform((text) => Date.parse(text)),
  )
  .check(z.gte(Date.parse('0000-01-01T00:00:00Z')), z.lte(Date.parse('9999-12-31T23:59:59.999Z')))

/**
 * The account of a list: the one that the call names, or the only one that the token allows. Throws a problem if there is
 * none, or if the token does not allow it.
 */
export function accountOf(caller: Caller, named: string | undefined): string {
  const accountName = named ?? onlyAccountOf(caller)
  requireAccount(caller, accountName)
  return accountName
}

function onlyAccountOf({ accounts }: Caller): string {
  const [only, ...others] = accounts ?? []
  if (only !== undefined && others.length === 0) return only
  throw new ProblemError('invalid-parameter', {
    detail: 'accountName is required',
    errors: [{ pointer: '?accountName', code: 'required', detail: 'send accountName' }],
  })
}
