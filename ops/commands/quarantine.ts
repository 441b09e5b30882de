import * as z from 'zod'
import { isNotAuthentic } from '../../lib/profile/support/rerun-quarantine.ts'
import type { QuarantinedMessage } from '../../lib/profile/callback/quarantine-store.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { Count, onlyWord, Rate, readOptions } from '../read-options.ts'
import { readKept, rerunMessages } from '../rerun-messages.ts'
import { plural, shownText } from '../output/wording.ts'

const Options = z.object({
  reason: z.string().optional(),
  account: z.string().optional(),
  all: z.boolean().default(false),
  'accept-unauthenticated': z.boolean().default(false),
  why: z.string().trim().min(1).max(300).optional(),
  dismissed: z.boolean().default(false),
  limit: Count.default(1000),
  rate: Rate.default(20),
})
type Options = z.infer<typeof Options>

const help = `npm run ops -- quarantine list [--reason <reason>] [--account <name>] [--limit <n>]
npm run ops -- quarantine show <id> --full
npm run ops -- quarantine rerun (<id> | --reason <reason> | --all) [--account <name>] [--accept-unauthenticated]
npm run ops -- quarantine dismiss (<id> | --reason <reason> | --all) --why <text> [--account <name>]
npm run ops -- quarantine list --dismissed

Callbacks that were kept instead of recorded: not understood, or not shown to be ThingSpace's.

rerun reads each by the code of today. What is understood is recorded as the result it is, counts for its request, and
leaves quarantine; the rest stays, and the command fails (exit code 1). It may be stopped (Ctrl-C) and given again.

dismiss removes messages that need nothing more. Who dismissed them and why stays on record for as long as a request.

  --reason <reason>         of this reason only; list counts them
  --account <name>          of this account only
  --all                     rerun, dismiss: all of them
  --why <text>              dismiss: the reason, kept beside your name
  --dismissed               list: what was dismissed, by whom and why
  --accept-unauthenticated  rerun: also those quarantined for their sender (wrong-credentials, credentials-missing,
                            unlisted-address). Only if you know that they are ThingSpace's: whoever knows the address of
                            the callback endpoint could have sent them
  --limit <n>               so many at most, oldest first (1000)
  --rate <n>                rerun: so many in a second (20)`

export const quarantine: Command = {
  name: 'quarantine',
  summary: 'callbacks that were kept instead of recorded: list, show, rerun, dismiss',
  help,
  options: {
    reason: { type: 'string' },
    account: { type: 'string' },
    all: { type: 'boolean' },
    'accept-unauthenticated': { type: 'boolean' },
    why: { type: 'string' },
    dismissed: { type: 'boolean' },
    limit: { type: 'string' },
    rate: { type: 'string' },
  },
  async run(call) {
    const [what = 'list', ...words] = call.words
    const options = readOptions(Options, call.options)
    switch (what) {
      case 'list':
        return options.dismissed ? listDismissed(call, options) : list(await find(call, options), call)
      case 'show':
        return showOne(await find(call, options), onlyWord(words, 'id'), call)
      case 'rerun':
        return rerunMessages(
          await wanted(call, words, options),
          { acceptNotAuthentic: options['accept-unauthenticated'], rate: options.rate },
          call,
        )
      case 'dismiss': {
        const { why } = options
        if (why === undefined) throw new UsageError('Say why: --why <text>.')
        return dismiss(await wanted(call, words, options), why, call)
      }
      default:
        throw new UsageError(`quarantine knows list, show, rerun and dismiss, and not "${what}".`)
    }
  },
}

async function wanted(call: Call, ids: readonly string[], options: Options): Promise<QuarantinedMessage[]> {
  if (ids.length === 0 && options.reason === undefined && !options.all) {
    throw new UsageError('Say which: an id, --reason <reason>, or --all.')
  }
  const kept = await find(call, options)
  return ids.length === 0 ? kept : kept.filter(({ id }) => ids.includes(id))
}

async function dismiss(messages: readonly QuarantinedMessage[], why: string, call: Call): Promise<Outcome> {
  const { terminal, gateway, by } = call
  if (messages.length === 0) {
    terminal.note('Nothing in quarantine fits.')
    return 'nothing'
  }
  if (!(await terminal.confirm(`Dismiss ${plural(messages.length, 'message')}, text included?`))) return 'declined'
  let dismissed = 0
  for (const message of messages) {
    if (await gateway.store().dismissQuarantined(message, { by, why, at: gateway.clock() })) dismissed += 1
    if (terminal.isStopping()) break
  }
  terminal.answer([`Dismissed ${plural(dismissed, 'message')}.`], { dismissed })
  return terminal.isStopping() ? 'stopped' : 'done'
}

async function listDismissed({ gateway, terminal, wording }: Call, { limit }: Options): Promise<Outcome> {
  const { rows } = await gateway.store().listDismissed({ limit })
  terminal.answer(
    rows.length === 0
      ? ['Nothing was dismissed.']
      : columns(
          ['dismissed', 'by', 'why', 'received', 'account', 'reason', 'messages'],
          rows.map(({ at, by, why, receivedAt, accountName, reason, count }) => [
            wording.at(at),
            by,
            why,
            wording.at(receivedAt),
            accountName,
            reason,
            count,
          ]),
        ),
    { dismissed: rows },
  )
  return 'done'
}

/** Oldest first. */
async function find({ gateway }: Call, { reason, account, limit }: Options): Promise<QuarantinedMessage[]> {
  const found: QuarantinedMessage[] = []
  let cursor: string | undefined
  do {
    const page = await gateway.store().listQuarantine({ limit: 100, ...(cursor === undefined ? {} : { cursor }) })
    for (const message of page.rows) {
      const fits = reason === undefined || message.reason === reason
      if (fits && (account === undefined || message.accountName === account)) found.push(message)
    }
    cursor = page.cursor
  } while (cursor !== undefined)
  return found.toSorted((one, other) => one.receivedAt - other.receivedAt).slice(0, limit)
}

const countsOf = (messages: readonly QuarantinedMessage[]) =>
  Object.entries(Object.groupBy(messages, ({ reason }) => reason)).map(([reason, own = []]) => ({
    reason,
    count: own.length,
  }))

function list(messages: readonly QuarantinedMessage[], { terminal, wording }: Call): Outcome {
  const rows = messages.map(({ id, receivedAt, accountName, reason, raw, count }) => [
    wording.at(receivedAt),
    accountName,
    reason,
    count,
    `${raw.length}`,
    id,
  ])
  terminal.answer(
    messages.length === 0
      ? ['Nothing is in quarantine.']
      : [
          ...columns(['received', 'account', 'reason', 'times', 'characters', 'id'], rows),
          '',
          ...columns(
            ['reason', 'messages'],
            countsOf(messages).map(({ reason, count }) => [reason, count]),
          ),
        ],
    {
      messages: messages.map(({ raw, receivedAt, ...rest }) => ({
        ...rest,
        receivedAt: new Date(receivedAt).toISOString(),
        characters: raw.length,
      })),
      reasons: countsOf(messages),
    },
  )
  return 'done'
}

function showOne(messages: readonly QuarantinedMessage[], id: string, { terminal, wording, full }: Call): Outcome {
  const message = messages.find((each) => each.id === id)
  if (message === undefined) {
    terminal.note(`There is no message ${id} in quarantine.`)
    return 'nothing'
  }
  const reading = readKept(message.raw)
  const now =
    reading.kind === 'understood' ? `understood, as ${reading.callback.verdict}` : `not understood: ${reading.reason}`
  const raw = shownText(message.raw, full)
  terminal.answer(
    [
      `received  ${wording.when(message.receivedAt)}`,
      `account   ${message.accountName}`,
      `reason    ${message.reason}`,
      `today     ${now}${isNotAuthentic(message) ? '; rerun needs --accept-unauthenticated' : ''}`,
      `message   ${raw}`,
    ],
    { ...message, receivedAt: new Date(message.receivedAt).toISOString(), raw, today: now },
  )
  return 'done'
}
