import * as z from 'zod'
import type { InspectedListener } from '../../lib/profile/listener/inspect-listener.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import type { Listeners } from '../gateway.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { readOptions } from '../read-options.ts'

const Options = z.object({ account: z.array(z.string()).optional(), 'take-over': z.boolean().default(false) })

const help = `npm run ops -- listener [--account <name>]...
npm run ops -- listener repair [--account <name>]... [--take-over]

Where ThingSpace sends callbacks, beside where it should. This logs in to ThingSpace if nobody is. No password is shown,
nor the secret part of our address.

  current               ours, with the password of today
  previous-credentials  ours, with the password before the last rotation, which still counts; the next run of
                        keep-listener (each hour) registers the new one
  old-credentials       ours, with a password that does not count any more: callbacks go to quarantine
  absent                nothing is registered: results are lost
  other-address         somebody else's address: results go there
  not-known             ThingSpace does not say; see the cause

repair registers ours, as keep-listener does each hour.

  --account <name>  of this account, may be given several times; else all accounts of this gateway
  --take-over       repair: also where somebody else's address is registered. There is one for each account and service,
                    so whoever has it now gets nothing any more`

export const listener: Command = {
  name: 'listener',
  summary: 'where ThingSpace sends callbacks, beside where it should; repair',
  help,
  options: { account: { type: 'string', multiple: true }, 'take-over': { type: 'boolean' } },
  async run(call) {
    const [what, ...rest] = call.words
    if (rest.length > 0 || (what !== undefined && what !== 'repair'))
      throw new UsageError('listener knows only repair.')
    const { account, 'take-over': takeOver } = readOptions(Options, call.options)
    const accounts = account ?? call.gateway.accounts()
    if (accounts.length === 0) throw new UsageError('This gateway listens for no account: name one with --account.')
    const listeners = await call.gateway.listeners()
    const found = await inspectAll(listeners, accounts)
    if (what === undefined) {
      call.terminal.answer(linesOf(found, listeners), { listeners: dataOf(found, listeners) })
      return found.every(isFine) ? 'done' : 'failed'
    }
    return repair(found, { listeners, takeOver }, call)
  },
}

const isFine = ({ state }: InspectedListener): boolean => state === 'current' || state === 'previous-credentials'

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
  { terminal }: Call,
): Promise<Outcome> {
  for (const line of linesOf(found, listeners)) terminal.note(line)
  const wrong = found.filter((each) => !isFine(each) && each.state !== 'not-known')
  const mendable = wrong.filter(({ state }) => state !== 'other-address' || takeOver)
  if (mendable.length < wrong.length) terminal.note("Somebody else's address stays without --take-over.")
  if (mendable.length === 0) {
    terminal.note('There is nothing to repair.')
    return 'nothing'
  }
  const accounts = [...new Set(mendable.map(({ accountName }) => accountName))]
  if (!(await terminal.confirm(`Register our address for ${accounts.join(', ')}?`))) return 'declined'
  await listeners.repair(accounts, takeOver)
  const after = await inspectAll(listeners, accounts)
  terminal.answer(linesOf(after, listeners), { listeners: dataOf(after, listeners) })
  return after.every(isFine) ? 'done' : 'failed'
}
