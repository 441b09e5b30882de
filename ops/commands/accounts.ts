import { readAccountDetails } from '../../lib/profile/support/accounts/account-details.ts'
import { type AccountHealth, readAccountHealth } from '../../lib/profile/support/accounts/account-health.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import { onlyWord } from '../options/read-options.ts'
import type { Outcome } from '../outcome.ts'

const help = `npm run ops -- accounts
npm run ops -- accounts <accountName>

Shows the state of each account: whether its orders are accepted, what is open, what is unconfirmed, orphans, and messages
in quarantine. With a name: one account, with its callback registrations and its newest callback. It reads the table
only. A number with + is a minimum. The login latches, which belong to credential sets, are in "latch".

  served     orders are accepted
  in-doubt   orders are accepted with a warning, because results may not arrive
  refused    orders are refused with account-not-served, or accepted with a warning if unservedAccounts is accept`

export const accounts: Command = {
  name: 'accounts',
  summary: 'show the state of each account: served, open, unconfirmed, orphans, quarantine',
  help,
  options: {},
  run: (call) => (call.words.length === 0 ? list(call) : show(onlyWord(call.words, 'accountName'), call)),
}

async function list({ gateway, terminal }: Call): Promise<Outcome> {
  const items = await readAccountHealth({ store: gateway.store(), accounts: gateway.accounts() })
  terminal.answer(items.length === 0 ? ['This gateway serves no account, and has no open requests.'] : tableOf(items), {
    items,
  })
  return items.some(({ served }) => served.state === 'refused') ? 'failed' : 'done'
}

async function show(accountName: string, { gateway, terminal, wording }: Call): Promise<Outcome> {
  const { details, isKnown } = await readAccountDetails(accountName, {
    store: gateway.store(),
    accounts: gateway.accounts(),
  })
  if (!isKnown) {
    terminal.note(`Nothing is known of an account ${accountName}.`)
    return 'nothing'
  }
  const { lastCallback, listeners, served } = details
  const when = (at: string | null) => (at === null ? 'never' : wording.when(Date.parse(at)))
  terminal.answer(
    [
      ...tableOf([details]),
      '',
      ...columns(
        ['service', 'orders', 'registration', 'checked', 'refusal'],
        listeners.map(({ service, orders, state, checkedAt, refusal }) => [
          service,
          orders,
          state ?? '-',
          when(checkedAt),
          refusal ?? '-',
        ]),
      ),
      '',
      lastCallback.at === null
        ? `No callback among those of its newest requests${lastCallback.complete ? ', which are all' : ''}.`
        : `Newest callback: ${when(lastCallback.at)}${lastCallback.complete ? '' : ' (of its newest requests)'}`,
    ],
    details,
  )
  return served.state === 'refused' ? 'failed' : 'done'
}

const tableOf = (items: readonly AccountHealth[]): string[] =>
  columns(
    ['account', 'orders', 'open requests', 'devices', 'unconfirmed', 'to decide', 'orphans', 'quarantined', 'why'],
    items.map(({ accountName, served, open, unconfirmed, orphans, quarantined }) => [
      accountName,
      served.state,
      atLeast(open.requests, open),
      atLeast(open.devices, open),
      atLeast(unconfirmed.submissions, unconfirmed),
      atLeast(unconfirmed.awaitingDecision, unconfirmed),
      atLeast(orphans.count, orphans),
      atLeast(quarantined.messages, quarantined),
      served.why ?? '-',
    ]),
  )

const atLeast = (count: number, { complete }: { complete: boolean }): number | string =>
  complete ? count : `${count}+`
