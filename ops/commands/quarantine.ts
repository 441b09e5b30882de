import * as z from 'zod'
import type { QuarantinedMessage } from '../../lib/profile/callback/quarantine-store.ts'
import { dismissMessages } from '../bulk/dismiss-messages.ts'
import { rerunMessages } from '../bulk/rerun-messages.ts'
import type { Call, Command } from '../command.ts'
import { Count, onlyWord, Rate, readOptions } from '../options/read-options.ts'
import { UsageError } from '../outcome.ts'
import { answerDismissed, answerList, answerOne } from '../output/quarantine-answers.ts'

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

Inspects callbacks that the gateway kept in quarantine instead of recording them. Either it did not understand them, or
it could not authenticate their sender.

rerun reads the messages again with the code of your checkout. A message that is now understood is recorded as a result
and leaves quarantine. The others stay, and the command fails (exit code 1). You may stop it with Ctrl-C and run it again.

dismiss deletes messages that need no more work. Your name and the reason are kept for as long as a request.

  --reason <reason>         only messages with this reason; list shows the reasons
  --account <name>          only messages of this account
  --all                     rerun, dismiss: all messages
  --why <text>              dismiss: the reason, stored with your name
  --dismissed               list: show dismissed messages, with who dismissed them and why
  --accept-unauthenticated  rerun: include messages whose sender was not authenticated (wrong-credentials,
                            credentials-missing, unlisted-address). Use it only if you know that ThingSpace sent them:
                            anyone who knows the URL of the callback endpoint could have sent them
  --limit <n>               maximum number of messages, oldest first (default 1000)
  --rate <n>                rerun: messages per second (default 20)`

export const quarantine: Command = {
  name: 'quarantine',
  summary: 'list, show, rerun or dismiss callbacks that were not recorded',
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
        return options.dismissed ? answerDismissed(call, options.limit) : answerList(await find(call, options), call)
      case 'show':
        return answerOne(await find(call, options), onlyWord(words, 'id'), call)
      case 'rerun':
        return rerunMessages(
          await wanted(call, words, options),
          { acceptNotAuthentic: options['accept-unauthenticated'], rate: options.rate },
          call,
        )
      case 'dismiss': {
        const { why } = options
        if (why === undefined) throw new UsageError('Give the reason with --why <text>.')
        return dismissMessages(await wanted(call, words, options), why, call)
      }
      default:
        throw new UsageError(`quarantine has the subcommands list, show, rerun and dismiss, not "${what}".`)
    }
  },
}

/** The messages that `rerun` and `dismiss` work on. Throws `UsageError` if the command line selects none explicitly. */
async function wanted(call: Call, ids: readonly string[], options: Options): Promise<QuarantinedMessage[]> {
  if (ids.length === 0 && options.reason === undefined && !options.all) {
    throw new UsageError('Select messages: an id, --reason <reason>, or --all.')
  }
  const kept = await find(call, options)
  return ids.length === 0 ? kept : kept.filter(({ id }) => ids.includes(id))
}

/** Lists the messages that match the options, oldest first. */
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
