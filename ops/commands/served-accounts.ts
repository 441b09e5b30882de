import {
  type ExplainedAccount,
  explainAccounts,
  type ExplainedService,
} from '../../lib/profile/support/accounts/explain-accounts.ts'
import type { Call } from '../command.ts'
import { columns } from '../output/columns.ts'
import type { Outcome } from '../outcome.ts'

/** How many open items of each shard of the index are read. */
const limit = 1000

/** The part of the help of `listener` about its subcommand `served`. */
export const servedHelp = `served lists the accounts as the check of an order sees them, with the number of requests that are still open. It
reads the table only. It includes accounts that are not configured, if they have open requests.

  served     orders are accepted
  in-doubt   orders are accepted with a warning, because results may not arrive
  refused    orders are refused with account-not-served, or accepted with a warning if unservedAccounts is accept`

/** `ops listener served`: which accounts are served, and which open requests will not get a result. */
export async function showServedAccounts({ gateway, terminal, wording }: Call): Promise<Outcome> {
  const { accounts, isPartial } = await explainAccounts({
    store: gateway.store(),
    accounts: gateway.accounts(),
    limit,
    mostRequests: 4 * limit,
  })
  const rows = accounts.flatMap((account) => account.services.map((service) => rowOf(account, service, wording.when)))
  terminal.answer(
    accounts.length === 0
      ? ['This gateway serves no account, and has no open requests.']
      : columns(['account', 'service', 'orders', 'reason', 'checked', 'open requests'], rows),
    { accounts: accounts.map(dataOf), isPartial },
  )
  if (isPartial)
    terminal.note('The table has more open items than were read, so the numbers of open requests may be low.')
  const unserved = accounts.filter((account) => account.services.some(({ admission }) => admission.kind === 'refused'))
  for (const { accountName, openRequests } of unserved) {
    if (openRequests.length === 0) continue
    const some = openRequests.slice(0, 5).join(', ')
    terminal.note(`Results of ${accountName} may be lost: ${some}${openRequests.length > 5 ? ', ...' : ''}`)
  }
  return unserved.length === 0 ? 'done' : 'failed'
}

const kindOf = ({ admission }: ExplainedService): string => (admission.kind === 'admitted' ? 'served' : admission.kind)

const rowOf = (
  { accountName, openRequests }: ExplainedAccount,
  explained: ExplainedService,
  when: (instant: number) => string,
) => [
  accountName,
  explained.service,
  kindOf(explained),
  explained.admission.kind === 'admitted' ? '-' : explained.admission.reason,
  explained.record === undefined ? 'never' : when(explained.record.checkedAt),
  openRequests.length,
]

const dataOf = ({ accountName, isConfigured, services, openRequests }: ExplainedAccount) => ({
  accountName,
  isConfigured,
  services: services.map((explained) => ({
    service: explained.service,
    orders: kindOf(explained),
    ...(explained.admission.kind === 'admitted' ? {} : { reason: explained.admission.reason }),
    ...(explained.record === undefined ? {} : { checkedAt: new Date(explained.record.checkedAt).toISOString() }),
  })),
  openRequests,
})
