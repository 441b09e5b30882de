import * as z from 'zod'
import { listAudit } from '../../lib/profile/audit/list-audit.ts'
import { viewAuditEntry, type AuditEntryView } from '../../lib/profile/audit/audit-view.ts'
import type { Command } from '../command.ts'
import { Count, Duration, readOptions } from '../options/read-options.ts'
import { UsageError } from '../outcome.ts'
import { columns } from '../output/columns.ts'

const Options = z.object({
  since: Duration.default(30 * 86_400_000),
  account: z.string().optional(),
  actor: z.string().optional(),
  subject: z.string().optional(),
  limit: Count.default(100),
})

const help = `npm run ops -- audit [--since <time>] [--account <name>] [--actor <name>] [--subject <id>] [--limit <n>]

Lists who decided or changed what, and when, newest first: retries and cancellations, what the gateway decided by its
settings, redriven dead letters, quarantined messages that were rerun or dismissed, opened latches, and changed callback
registrations. Each entry is stored before its effect. An entry without a result is under way or was interrupted: it may
have had its effect.

  --since <time>    how far back, such as 2h or 90d (default 30d)
  --account <name>  only this account
  --actor <name>    only this actor: a caller's id, operator:<name>, or gateway
  --subject <id>    only this request, message, queue, credential set or service
  --limit <n>       maximum number of entries (default 100)`

export const audit: Command = {
  name: 'audit',
  summary: 'list who decided or changed what, and when',
  help,
  options: {
    since: { type: 'string' },
    account: { type: 'string' },
    actor: { type: 'string' },
    subject: { type: 'string' },
    limit: { type: 'string' },
  },
  async run({ words, options, gateway, terminal, wording }) {
    if (words.length > 0) throw new UsageError('audit has no subcommand.')
    const { since, account, actor, subject, limit } = readOptions(Options, options)
    const filter = { from: gateway.clock() - since, to: gateway.clock(), accountName: account, actor, subject }
    const entries: AuditEntryView[] = []
    let cursor: string | undefined
    do {
      const page = await listAudit(
        filter,
        { limit: limit - entries.length, cursor },
        { store: gateway.store(), clock: gateway.clock },
      )
      entries.push(...page.rows.map(viewAuditEntry))
      cursor = page.cursor
    } while (cursor !== undefined && entries.length < limit && !terminal.isStopping())
    terminal.answer(
      entries.length === 0
        ? ['The audit has no such entry.']
        : columns(
            ['when', 'act', 'by', 'identity', 'account', 'subject', 'result', 'detail'],
            entries.map((entry) => [
              wording.at(Date.parse(entry.at)),
              entry.act,
              entry.actor,
              entry.identity ?? entry.host ?? entry.via,
              entry.accountName ?? '-',
              entry.subject,
              entry.result ?? 'not known',
              textOf({ ...entry.detail, ...entry.outcome }),
            ]),
          ),
      { entries },
    )
    return entries.length === 0 ? 'nothing' : 'done'
  },
}

const textOf = (detail: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
