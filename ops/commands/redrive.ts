import * as z from 'zod'
import { readWorkMessage } from '../../lib/events/read-work-message.ts'
import {
  type Classify,
  type DeadLetterPreview,
  type DeadLetterQueue,
  previewDeadLetters,
  redriveDeadLetters,
  unreadable,
} from '../../lib/profile/support/redrive-dead-letters.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import { type DeadLetterKind, deadLetterKinds } from '../dead-letter-queue.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { createPace } from '../pace.ts'
import { Count, onlyWord, Rate, readOptions } from '../read-options.ts'
import { updateSummaries } from '../update-summaries.ts'
import { plural } from '../output/wording.ts'

const Options = z.object({
  limit: Count.default(100_000),
  rate: Rate.default(10),
  account: z.array(z.string()).optional(),
})

const help = `npm run ops -- redrive submissions [--rate <n>] [--limit <n>]
npm run ops -- redrive callbacks [--rate <n>] [--limit <n>]
npm run ops -- redrive changes [--account <name>]... [--rate <n>]

Dead letters: messages that failed so often that their queue set them aside. Mend the cause first.

submissions  messages to work. The sweep goes on with it anyway; a redrive only makes it faster. A message that was
             overtaken meanwhile does nothing.
callbacks    results that ThingSpace will not send again. A repeat is known by its content and does nothing.
changes      batches of table changes that could not be projected. They name positions in a stream that keeps them for a
             day, and no requests; so every request of the accounts that is not final, or was ordered in the two days
             before the oldest of these messages, gets a new summary, and the messages are removed. Events about requests
             whose summary is right already are not published again: their readers must ask.

What cannot be read stays where it is. It may be stopped (Ctrl-C) and given again.

  --account <name>  changes: of this account, may be given several times; else the accounts of the listener
  --limit <n>       so many messages at most
  --rate <n>        so many messages (changes: requests) in a second (10)`

export const redrive: Command = {
  name: 'redrive',
  summary: 'send dead letters on: submissions, callbacks, changes',
  help,
  options: { limit: { type: 'string' }, rate: { type: 'string' }, account: { type: 'string', multiple: true } },
  async run(call) {
    const kind = readKind(onlyWord(call.words, 'queue (submissions, callbacks or changes)'))
    const { limit, rate, account } = readOptions(Options, call.options)
    const queue = await call.gateway.deadLetters(kind)
    const preview = await previewDeadLetters(queue, classifiers[kind], { atMost: 200 })
    for (const line of linesOf(preview, call)) call.terminal.note(line)
    if (preview.lookedAt === 0) return 'nothing'
    if (kind === 'changes') {
      return updateSummaries(queue, preview, { accounts: account ?? call.gateway.accounts(), rate }, call)
    }
    return sendAll(queue, kind, { atMost: Math.min(limit, preview.total), rate }, call)
  },
}

function readKind(word: string): DeadLetterKind {
  const kind = z.enum(deadLetterKinds).safeParse(word)
  if (kind.success) return kind.data
  throw new UsageError(`There are dead letters of ${deadLetterKinds.join(', ')}, and not of "${word}".`)
}

const classifiers: Readonly<Record<DeadLetterKind, Classify>> = {
  submissions({ body }) {
    try {
      return readWorkMessage(body).kind
    } catch {
      return undefined
    }
  },
  callbacks: ({ attributes }) =>
    `account ${attributes['accountName'] ?? '- (did not come through the callback endpoint)'}`,
  changes: () => 'batch',
}

function linesOf({ total, lookedAt, kinds }: DeadLetterPreview, { wording }: Call): string[] {
  if (total === 0) return ['There are no dead letters.']
  if (lookedAt === 0)
    return [`About ${plural(total, 'message')}, hidden: somebody is at work on them. Again in two minutes.`]
  const rows = kinds.map(({ kind, count, oldest, newest }) => [kind, count, wording.when(oldest), wording.when(newest)])
  const stays = kinds.some(({ kind }) => kind === unreadable)
    ? [`${unreadable}: would only come back, so they stay.`]
    : []
  return [
    `About ${plural(total, 'message')}${lookedAt < total ? `; ${lookedAt} of them looked at` : ''}:`,
    ...columns(['what', 'messages', 'oldest', 'newest'], rows),
    ...stays,
  ]
}

async function sendAll(
  queue: DeadLetterQueue,
  kind: Exclude<DeadLetterKind, 'changes'>,
  { atMost, rate }: { atMost: number; rate: number },
  { terminal }: Call,
): Promise<Outcome> {
  if (!(await terminal.confirm(`Send about ${plural(atMost, 'message')} back to ${kind}?`))) return 'declined'
  let done = { sentOn: 0, left: 0 }
  for await (const progress of redriveDeadLetters(queue, classifiers[kind], { atMost, pause: createPace(rate) })) {
    done = progress
    terminal.progress(`${done.sentOn} sent, ${done.left} left, of about ${atMost}`)
    if (terminal.isStopping()) break
  }
  terminal.progress(`${done.sentOn} sent, ${done.left} left, of about ${atMost}`, true)
  terminal.answer([`${plural(done.sentOn, 'message')} sent back to ${kind}, ${done.left} left.`], done)
  return terminal.isStopping() ? 'stopped' : 'done'
}
