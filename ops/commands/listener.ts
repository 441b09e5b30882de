import * as z from 'zod'
import type { InspectedListener } from '../../lib/profile/listener/inspect-listener.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import type { Listeners } from '../connect/listeners.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { servedHelp, showServedAccounts } from './served-accounts.ts'
import { readOptions } from '../options/read-options.ts'

const Options = z.object({ account: z.array(z.string()).optional(), 'take-over': z.boolean().default(false) })

const help = `npm run ops -- listener [--account <name>]...
npm run ops -- listener repair [--account <name>]... [--take-over]
npm run ops -- listener served

Compares the callback URL that is registered at ThingSpace with this gateway's URL, for each account and service. The
command logs in to ThingSpace if no session is stored. It never shows passwords or the secret part of the URL.

  current               our URL, with the current password
  previous-credentials  our URL, with the previous password, which is still accepted; the next hourly run of
                        keep-listener registers the current one
  old-credentials       our URL, with a password that is no longer accepted: callbacks go to quarantine
  absent                no URL is registered: results are lost
  other-address         the URL of another system: results go there
  not-known             the registration could not be read; see the cause

repair registers our URL, as keep-listener does every hour.

${servedHelp}

  --account <name>  only this account; may be repeated (default: all accounts of this gateway)
  --take-over       repair: also replace the URL of another system. ThingSpace keeps one URL for each account and
                    service, so the other system receives no callbacks any more`

export const listener: Command = {
  name: 'listener',
  summary: 'check where ThingSpace sends callbacks; repair the registration',
  help,
  options: { account: { type: 'string', multiple: true }, 'take-over': { type: 'boolean' } },
  async run(call) {
    const [what, ...rest] = call.words
    if (rest.length > 0 || (what !== undefined && what !== 'repair' && what !== 'served'))
      throw new UsageError('listener has only the subcommands repair and served.')
    if (what === 'served') return showServedAccounts(call)
    const { account, 'take-over': takeOver } = readOptions(Options, call.options)
    const accounts = account ?? call.gateway.accounts()
    if (accounts.length === 0) {
      throw new UsageError('This gateway receives callbacks for no account. Name one with --account.')
    }
    const listeners = await call.gateway.listeners()
    const found = await inspectAll(listeners, accounts)
    if (what === undefined) {
      call.terminal.answer(linesOf(found, listeners), { listeners: dataOf(found, listeners) })
      return found.every(receivesCallbacks) ? 'done' : 'failed'
    }
    return repair(found, { listeners, takeOver }, call)
  },
}

const receivesCallbacks = ({ state }: InspectedListener): boolean =>
  state === 'current' || state === 'previous-credentials'

const inspectAll = async (listeners: Listeners, accounts: readonly string[]): Promise<InspectedListener[]> => {
  const found: InspectedListener[] = []
  for (const account of accounts) found.push(...(await listeners.inspect(account)))
  return found
}

const linesOf = (found: readonly InspectedListener[], { shownUrl }: Listeners): string[] =>
  columns(
    ['account', 'service', 'state', 'registered'],
    found.map(({ accountName, service, state, url, cause }) => [
      accountName,
      service,
      state,
      url === undefined ? (cause ?? '-') : shownUrl(url),
    ]),
  )

const dataOf = (found: readonly InspectedListener[], { shownUrl }: Listeners) =>
  found.map(({ url, ...rest }) => ({ ...rest, ...(url === undefined ? {} : { url: shownUrl(url) }) }))

async function repair(
  found: readonly InspectedListener[],
  { listeners, takeOver }: { listeners: Listeners; takeOver: boolean },
  { terminal, by }: Call,
): Promise<Outcome> {
  for (const line of linesOf(found, listeners)) terminal.note(line)
  const wrong = found.filter((each) => !receivesCallbacks(each) && each.state !== 'not-known')
  const repairable = wrong.filter(({ state }) => state !== 'other-address' || takeOver)
  if (repairable.length < wrong.length) {
    terminal.note('Without --take-over, the URLs of other systems are not replaced.')
  }
  if (repairable.length === 0) {
    terminal.note('There is nothing to repair.')
    return 'nothing'
  }
  const accounts = [...new Set(repairable.map(({ accountName }) => accountName))]
  if (!(await terminal.confirm(`Register our URL for ${accounts.join(', ')}?`))) return 'declined'
  await listeners.repair(accounts, { takeOver, by })
  const after = await inspectAll(listeners, accounts)
  terminal.answer(linesOf(after, listeners), { listeners: dataOf(after, listeners) })
  return after.every(receivesCallbacks) ? 'done' : 'failed'
}
