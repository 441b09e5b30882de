import * as z from 'zod'
import { optionsOf } from '../../lib/profile/decision/decision-options.ts'
import { viewDecision } from '../../lib/profile/support/decisions/decision-view.ts'
import {
  explainWaiting,
  listWaiting,
  type OpenDecision,
  type Waiting,
} from '../../lib/profile/support/decisions/list-decisions.ts'
import type { Call, Command } from '../command.ts'
import { labelled } from '../output/columns.ts'
import { describeMatchingOrphan } from '../matching-orphans.ts'
import { Count, readOptions } from '../options/read-options.ts'
import { plural, shownIdentifiers } from '../output/wording.ts'

const Options = z.object({ limit: Count.default(50), account: z.string().optional() })

const help = `npm run ops -- decisions [--account <name>] [--limit <n>]

Lists the submissions that wait for an operator's decision, longest waiting first. ThingSpace's response to them was
lost, no callback has arrived, and their action is not repeatable. For each submission the command shows since when it
waits, why, and the possible decisions.

  --account <name>   only submissions of this account
  --limit <n>        maximum number of submissions (default 50)`

export const decisions: Command = {
  name: 'decisions',
  summary: 'list submissions that wait for a decision: since when, why, and the options',
  help,
  options: { limit: { type: 'string' }, account: { type: 'string' } },
  async run(call) {
    const { limit, account } = readOptions(Options, call.options)
    const { gateway } = call
    const dependencies = { store: gateway.store(), clock: gateway.clock, settings: gateway.settings() }
    const rows: Waiting[] = []
    let cursor: string | undefined
    do {
      const page = await listWaiting(
        ({ accountName }) => account === undefined || accountName === account,
        { limit: limit - rows.length, cursor },
        dependencies,
      )
      rows.push(...page.rows)
      cursor = page.cursor
    } while (cursor !== undefined && rows.length < limit)
    const waiting = await explainWaiting(rows, dependencies)
    const blocks = waiting.map((each) => describe(each, call))
    call.terminal.answer(
      waiting.length === 0
        ? ['Nothing waits for a decision.']
        : [
            `${plural(waiting.length, 'submission')} ${waiting.length === 1 ? 'waits' : 'wait'} for a decision.`,
            ...blocks.flatMap(({ lines }) => ['', ...lines]),
            ...(cursor === undefined ? [] : ['', `There may be more: --limit ${limit * 10}`]),
          ],
      { waiting: blocks.map(({ data }) => data) },
    )
    return 'done'
  },
}

const devicesNamed = 3

function describe(decision: OpenDecision, { terminal, wording, full }: Call) {
  const { request, submission, fits } = decision
  const { requestId, action, accountName } = request
  const { deviceCount, attempt } = submission
  const devices = decision.devices.slice(0, devicesNamed)
  const view = viewDecision(decision)
  // The sweep is about to adopt the callbacks, so a decision is not needed.
  const options = fits.callbacks.some(({ isAdoptable }) => isAdoptable) ? [] : optionsOf(request, [submission])
  const more = deviceCount > devicesNamed ? `, and ${deviceCount - devicesNamed} more` : ''
  const part = deviceCount < request.deviceCount ? ` --submission ${submission.submission}` : ''
  const command = (what: string) =>
    what === 'abandon' ? `cancel ${requestId} --abandon` : `${what} ${requestId}${what === 'retry' ? part : ''}`
  const field = (name: string, text: string) => labelled(`  ${name}`, text, { width: terminal.width, column: 11 })
  return {
    lines: [
      `${action}, account ${accountName}, ${plural(deviceCount, 'device')}, ${plural(attempt, 'attempt')}`,
      ...field('request', `${requestId}  submission ${submission.submission}`),
      ...field('devices', `${devices.map(wording.device).join(', ')}${more}`),
      ...field('since', wording.when(submission.updatedAt)),
      ...field('why', wording.sentence(view.why)),
      ...fits.callbacks.flatMap((callback) => field('but', describeMatchingOrphan(callback, wording))),
      ...field('look', wording.command(`show ${requestId} --devices`)),
      ...options.flatMap(({ what, effect }) =>
        field(what === 'retry' ? 'either' : 'or', `${wording.command(command(what))}  (${effect})`),
      ),
    ],
    data: {
      ...view,
      devices: devices.map((device) => shownIdentifiers(device, full)),
      options: options.map(({ what, effect }) => ({ command: wording.words(command(what)), effect })),
    },
  }
}
