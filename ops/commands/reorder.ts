import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { FailedStatus } from '../../lib/profile/failure/failure.ts'
import { admissionText } from '../../lib/profile/listener/admit-accounts.ts'
import { viewCandidates } from '../../lib/profile/reorder/candidate-view.ts'
import { chooseDevices } from '../../lib/profile/reorder/choose-devices.ts'
import { type Reordering, reorderRequest } from '../../lib/profile/reorder/reorder-request.ts'
import type { Command } from '../command.ts'
import { onlyWord, readOptions } from '../options/read-options.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { plural, shownIdentifiers } from '../output/wording.ts'

const Options = z.object({
  status: z.array(FailedStatus).default(['failed']),
  code: z.array(z.string().min(1)).optional(),
  position: z.array(z.coerce.number().int().nonnegative()).optional(),
  key: z.string().min(1).max(255).optional(),
  'accept-risk': z.boolean().default(false),
  'dry-run': z.boolean().default(false),
})

const help = `npm run ops -- reorder <requestId> [--status failed|expired]... [--code <code>]... [--position <n>]...
                     [--key <key>] [--accept-risk] [--dry-run]

Orders failed devices of a request again, as a new request that is linked to it. A device that is open or succeeded in a
later order is never sent. A device that may still succeed is sent only with --accept-risk, if its action must not run twice.

  --status <status>  failed (default), expired, or both
  --code <code>      only devices with this code of ThingSpace; none: without a code
  --position <n>     only the device at this position
  --key <key>        makes it safe to run the command again after an error
  --accept-risk      also devices that may still succeed: the action may run twice
  --dry-run          only show what would be ordered

The same over HTTPS: POST /v1/requests/<requestId>/reorder`

export const reorder: Command = {
  name: 'reorder',
  summary: 'order failed devices of a request again, as a new request',
  help,
  options: {
    status: { type: 'string', multiple: true },
    code: { type: 'string', multiple: true },
    position: { type: 'string', multiple: true },
    key: { type: 'string' },
    'accept-risk': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  async run({ words, options, gateway, terminal, wording, by, full }) {
    const requestId = onlyWord(words, 'request id')
    const { status, code, position, key, 'accept-risk': acceptRisk, 'dry-run': dryRun } = readOptions(Options, options)
    const dependencies = {
      store: gateway.store(),
      queue: gateway.queue(),
      settings: gateway.settings(),
      clock: gateway.clock,
      log: gateway.log,
      newId: randomUUID,
    }
    const request = await dependencies.store.getRequest(requestId)
    if (request === undefined) throw new UsageError(`Request ${requestId} does not exist.`)
    const filter = { statuses: status, codes: code, devices: position, acceptRisk }
    const candidates = await chooseDevices(request, { filter, reorderId: '' }, dependencies)
    const { devices, deviceCount, left } = viewCandidates(candidates)
    const plan = [
      `${plural(deviceCount, 'device')} of request ${requestId} (${request.action}) will be ordered again.`,
      ...left.map((each) => `${plural(each.devices, 'device')} left: ${each.reason}.`),
    ]
    const shown = devices.map((each) => ({ ...each, deviceIds: [...shownIdentifiers(each.deviceIds, full)] }))
    if (dryRun || deviceCount === 0) {
      const lines = devices.map((each) => `  ${each.position}  ${each.status}  ${wording.device(each.deviceIds)}`)
      terminal.answer([...plan, ...lines], { dryRun: true, reorderOf: requestId, deviceCount, devices: shown, left })
      return deviceCount === 0 ? 'nothing' : 'done'
    }
    for (const line of plan) terminal.note(line)
    if (!(await terminal.confirm(`Order ${plural(deviceCount, 'device')} again?`))) return 'declined'
    const reordering = await reorderRequest(
      request,
      { filter, caller: by, idempotencyKey: key },
      { ...dependencies, admit: gateway.admit(), audit: await gateway.audit() },
    )
    const { lines, data, outcome } = told(reordering, wording.command)
    terminal.answer(lines, data)
    return outcome
  },
}

function told(
  reordering: Reordering,
  command: (words: string) => string,
): { lines: string[]; data: unknown; outcome: Outcome } {
  switch (reordering.kind) {
    case 'accepted':
    case 'replayed': {
      const { requestId, deviceCount } = reordering.request
      const lines = [`Request ${requestId} orders ${plural(deviceCount, 'device')}.`, command(`show ${requestId}`)]
      return { lines, data: { requestId, deviceCount, replayed: reordering.kind === 'replayed' }, outcome: 'done' }
    }
    case 'key-reused':
      return failure(`Another order used this key: ${reordering.request.requestId}.`)
    case 'nothing-to-reorder':
      return { lines: ['No device can be ordered again any more.'], data: { deviceCount: 0 }, outcome: 'nothing' }
    case 'invalid':
      return failure(`The order is not valid any more: ${reordering.faults[0]?.detail ?? 'unknown'}.`)
    case 'not-served':
      return failure(`Nothing was ordered: ${admissionText[reordering.reason]}.`)
    case 'contended':
      return failure('Other calls change the request at the moment. Run the command again.')
  }
}

const failure = (text: string) => ({ lines: [text], data: { error: text }, outcome: 'failed' as const })
