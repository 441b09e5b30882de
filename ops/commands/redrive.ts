import * as z from 'zod'
import { classifiers } from '../../lib/events/classify-dead-letters.ts'
import { DeadLetterKind, type RedrivenKind } from '../../lib/profile/support/dead-letter-kinds.ts'
import { createPace } from '../../lib/pace.ts'
import {
  type DeadLetterPreview,
  type DeadLetterQueue,
  previewDeadLetters,
  redriveDeadLetters,
  unreadable,
} from '../../lib/profile/support/redrive-dead-letters.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { Count, onlyWord, Rate, readOptions } from '../options/read-options.ts'
import { updateSummaries } from '../bulk/update-summaries.ts'
import { plural } from '../output/wording.ts'

const Options = z.object({
  limit: Count.default(100_000),
  rate: Rate.default(10),
  account: z.array(z.string()).optional(),
})

const help = `npm run ops -- redrive submissions [--rate <n>] [--limit <n>]
npm run ops -- redrive callbacks [--rate <n>] [--limit <n>]
npm run ops -- redrive changes [--account <name>]... [--rate <n>]

Sends dead letters back to their queue. A dead letter is a message that failed until its queue gave it up. Fix the cause
first.

submissions  work messages. The sweep sends the submissions anyway, so a redrive only saves time. A work message that is
             out of date has no effect.
callbacks    results, which ThingSpace does not send again. A result that is already recorded has no effect.
changes      batches of table changes. They name positions in the table's stream, which keeps changes for a day, and no
             requests. So the command updates the summary of every request of the accounts that is not final, or that was
             created later than two days before the oldest message. Then it removes the messages. It publishes no events
             for requests whose summary is already correct; subscribers must query the API for them.

Messages that cannot be read stay in the queue. You may stop the command with Ctrl-C and run it again.

  --account <name>  changes: only this account; may be repeated (default: the accounts of the listener)
  --limit <n>       maximum number of messages
  --rate <n>        messages (changes: requests) per second (default 10)`

export const redrive: Command = {
  name: 'redrive',
  summary: 'send dead letters back to their queue: submissions, callbacks, changes',
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
      return updateSummaries({ queue, preview }, { accounts: account ?? call.gateway.accounts(), rate }, call)
    }
    return sendAll({ queue, kind }, { atMost: Math.min(limit, preview.total), rate }, call)
  },
}

function readKind(word: string): DeadLetterKind {
  const kind = DeadLetterKind.safeParse(word)
  if (kind.success) return kind.data
  throw new UsageError(`The dead-letter queues are ${DeadLetterKind.options.join(', ')}, not "${word}".`)
}

function linesOf({ total, lookedAt, kinds }: DeadLetterPreview, { wording }: Call): string[] {
  if (total === 0) return ['There are no dead letters.']
  if (lookedAt === 0)
    return [`About ${plural(total, 'message')}, all in flight in another process. Try again in two minutes.`]
  const rows = kinds.map(({ kind, count, oldest, newest }) => [kind, count, wording.when(oldest), wording.when(newest)])
  const stays = kinds.some(({ kind }) => kind === unreadable)
    ? [`${unreadable}: these would only fail again, so they stay in the queue.`]
    : []
  return [
    `About ${plural(total, 'message')}${lookedAt < total ? `, of which ${lookedAt} were read` : ''}:`,
    ...columns(['kind', 'messages', 'oldest', 'newest'], rows),
    ...stays,
  ]
}

async function sendAll(
  { queue, kind }: { queue: DeadLetterQueue; kind: RedrivenKind },
  { atMost, rate }: { atMost: number; rate: number },
  { terminal, gateway, by }: Call,
): Promise<Outcome> {
  if (!(await terminal.confirm(`Send about ${plural(atMost, 'message')} back to ${kind}?`))) return 'declined'
  const options = { atMost, pause: createPace(rate), name: kind, by, audit: await gateway.audit() }
  let done = { sentOn: 0, left: 0 }
  for await (const progress of redriveDeadLetters(queue, classifiers[kind], options)) {
    done = progress
    terminal.progress(`${done.sentOn} sent, ${done.left} left, of about ${atMost}`)
    if (terminal.isStopping()) break
  }
  terminal.progress(`${done.sentOn} sent, ${done.left} left, of about ${atMost}`, true)
  terminal.answer([`${plural(done.sentOn, 'message')} sent back to ${kind}, ${done.left} left.`], done)
  return terminal.isStopping() ? 'stopped' : 'done'
}
