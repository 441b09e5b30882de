import * as z from 'zod'
import { failuresCsv, usualRange } from '../../lib/http/support/show-failures.ts'
import { viewDay } from '../../lib/http/support/show-failure-counts.ts'
import { countFailures } from '../../lib/profile/failure/count-failures.ts'
import { FailedStatus, type Failure } from '../../lib/profile/failure/failure.ts'
import { viewFailure } from '../../lib/profile/failure/failure-view.ts'
import { listFailures } from '../../lib/profile/failure/list-failures.ts'
import { ActionName } from '../../lib/profile/order/action-names.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import { plural, shownIdentifiers, shownText } from '../output/wording.ts'
import { Count, readOptions } from '../options/read-options.ts'

const Instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const Options = z.object({
  account: z.string().min(1),
  from: Instant.optional(),
  to: Instant.optional(),
  action: z.optional(ActionName),
  status: z.optional(FailedStatus),
  code: z.string().min(1).optional(),
  limit: Count.default(50),
  counts: z.boolean().default(false),
  csv: z.boolean().default(false),
})

const help = `npm run ops -- failures --account <name> [--from <date>] [--to <date>] [--action <action>]
                      [--status failed|expired] [--code <code>] [--limit <n>] [--csv]
npm run ops -- failures --account <name> --counts [--from <date>] [--to <date>]

Lists the devices of an account that failed or expired, newest first, or counts them by day, code, action and status.

  --account <name>   the account
  --from <date>      earliest time of the failure, ISO 8601 (default: seven days before the end)
  --to <date>        latest time, exclusive (default: now)
  --action <action>  only this action
  --status <status>  only failed, or only expired
  --code <code>      only this code of ThingSpace; none: failures without a code
  --limit <n>        maximum number of failures (default 50)
  --counts           counts in place of devices
  --csv              the list as CSV

The same over HTTPS: GET /v1/failures and GET /v1/failures/counts`

export const failures: Command = {
  name: 'failures',
  summary: 'list or count failed and expired devices of an account',
  help,
  options: {
    account: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    action: { type: 'string' },
    status: { type: 'string' },
    code: { type: 'string' },
    limit: { type: 'string' },
    counts: { type: 'boolean' },
    csv: { type: 'boolean' },
  },
  async run(call) {
    const { account, counts, limit, csv, ...filter } = readOptions(Options, call.options)
    const to = filter.to ?? call.gateway.clock() + 1
    const range = { from: filter.from ?? to - usualRange, to }
    if (counts) return showCounts(account, range, call)
    const { rows, isWhole } = await read(account, { ...filter, ...range }, limit, call)
    const shown = rows.map((row) => ({
      ...viewFailure(row),
      deviceIds: [...shownIdentifiers(row.device, call.full)],
      message: row.message === undefined ? null : shownText(row.message, call.full),
    }))
    const lines = csv
      ? failuresCsv(shown).trimEnd().split('\r\n')
      : [
          ...columns(
            ['at', 'status', 'action', 'code', 'devices', 'request', 'message'],
            rows.map((row, at) => [
              call.wording.at(row.at),
              row.status,
              row.action,
              row.code ?? '-',
              call.wording.device(row.device),
              `${row.requestId} ${row.position}`,
              shown[at]?.message ?? '',
            ]),
          ),
          ...(isWhole ? [] : ['', `There may be more: --limit ${limit * 10}`]),
        ]
    call.terminal.answer(rows.length === 0 ? ['No device failed or expired.'] : lines, { failures: shown, isWhole })
    return rows.length === 0 ? 'nothing' : 'done'
  },
}

/** Most pages that the command reads. */
const mostPages = 1000

async function read(
  account: string,
  filter: Parameters<typeof listFailures>[1],
  limit: number,
  { gateway }: Call,
): Promise<{ rows: Failure[]; isWhole: boolean }> {
  const rows: Failure[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages && rows.length < limit; page += 1) {
    const size = Math.min(1000, limit - rows.length)
    const found = await listFailures(account, filter, { limit: size, cursor }, { store: gateway.store() })
    rows.push(...found.rows)
    cursor = found.cursor
    if (cursor === undefined) return { rows, isWhole: true }
  }
  return { rows, isWhole: false }
}

async function showCounts(
  account: string,
  range: { from: number; to: number },
  { gateway, terminal }: Call,
): Promise<'done' | 'nothing'> {
  const { days, cursor } = await countFailures(account, range, { store: gateway.store() })
  const shown = days.filter(({ devices }) => devices > 0).map(viewDay)
  const rows = shown.flatMap(({ day, counts }) =>
    counts.map((count) => [
      day,
      count.devices,
      count.status,
      count.action,
      count.code ?? '-',
      count.meaning === undefined ? '' : `${count.meaning}: ${count.cure}`,
    ]),
  )
  const total = shown.reduce((sum, { devices }) => sum + devices, 0)
  const isWhole = cursor === undefined && shown.every(({ complete }) => complete)
  terminal.answer(
    total === 0
      ? ['No device failed or expired.']
      : [
          ...columns(['day', 'devices', 'status', 'action', 'code', 'meaning'], rows),
          '',
          `${plural(total, 'device')}${isWhole ? '' : ', and more: choose a shorter range'}.`,
        ],
    { days: shown, isWhole },
  )
  return total === 0 ? 'nothing' : 'done'
}
