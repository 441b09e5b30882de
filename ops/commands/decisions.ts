import * as z from 'zod'
import { optionsOf } from '../../lib/profile/decision/decision-options.ts'
import type { ExplainedOrphan } from '../../lib/profile/support/explain-orphans.ts'
import { nextStepOf } from '../../lib/profile/status/next-step.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import type { Call, Command } from '../command.ts'
import { labelled } from '../output/columns.ts'
import { nameOf, readClaims, wordsOfClaim } from '../claims.ts'
import { Count, readOptions } from '../read-options.ts'
import { plural, shownIdentifiers } from '../output/wording.ts'

const Options = z.object({ limit: Count.default(50), account: z.string().optional() })

const help = `npm run ops -- decisions [--account <name>] [--limit <n>]

What waits for a person, longest first: submissions whose answer from ThingSpace was lost, that no callback has settled,
and whose action may not be repeated unasked. For each: since when, why, and what may be decided.

  --account <name>   of this account only
  --limit <n>        at most so many submissions (50)`

type Waiting = { request: ProfileRequest; submission: Submission; since: number }

export const decisions: Command = {
  name: 'decisions',
  summary: 'what waits for a person: since when, why, and what may be decided',
  help,
  options: { limit: { type: 'string' }, account: { type: 'string' } },
  async run(call) {
    const { limit, account } = readOptions(Options, call.options)
    const waiting = (await listWaiting(call, limit)).filter(
      ({ request }) => account === undefined || request.accountName === account,
    )
    const claims = waiting.length === 0 ? new Map<string, ExplainedOrphan[]>() : await readClaims(call.gateway)
    const blocks = await Promise.all(
      waiting.map((each) => describe(each, claims.get(nameOf(each.submission)) ?? [], call)),
    )
    call.terminal.answer(
      waiting.length === 0
        ? ['Nothing waits for a decision.']
        : [
            `${plural(waiting.length, 'submission')} ${waiting.length === 1 ? 'waits' : 'wait'} for a decision.`,
            ...blocks.flatMap(({ lines }) => ['', ...lines]),
            ...(waiting.length < limit ? [] : ['', `There may be more: --limit ${limit * 10}`]),
          ],
      { waiting: blocks.map(({ data }) => data) },
    )
    return 'done'
  },
}

async function listWaiting({ gateway }: Call, limit: number): Promise<Waiting[]> {
  const store = gateway.store()
  const found: Waiting[] = []
  for (const item of await store.listAwaitingDecision(limit)) {
    if (item.kind !== 'submission') continue
    const request = await store.getRequest(item.requestId)
    const submission = await store.getSubmission(item, item.submission)
    // The index lags a little behind what it lists.
    if (request === undefined || submission?.awaitsDecision !== true) continue
    found.push({ request, submission, since: submission.updatedAt })
  }
  return found
}

const devicesNamed = 3

async function describe(
  { request, submission, since }: Waiting,
  claims: readonly ExplainedOrphan[],
  { gateway, terminal, wording, full }: Call,
) {
  const { requestId, action, accountName } = request
  const { firstDevice, deviceCount, attempt } = submission
  const devices = await gateway.store().getDevices(request, firstDevice, Math.min(deviceCount, devicesNamed))
  const why = nextStepOf(submission, request)?.why ?? ''
  // What is about to be adopted needs no decision.
  const options = claims.some(({ isAdoptable }) => isAdoptable) ? [] : optionsOf(request, [submission])
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
      ...field('since', wording.when(since)),
      ...field('why', why),
      ...claims.flatMap((claim) => field('but', wordsOfClaim(claim, wording))),
      ...field('look', wording.command(`show ${requestId} --devices`)),
      ...options.flatMap(({ what, effect }) =>
        field(what === 'retry' ? 'either' : 'or', `${wording.command(command(what))}  (${effect})`),
      ),
    ],
    data: {
      requestId,
      submission: submission.submission,
      action,
      accountName,
      deviceCount,
      devices: devices.map((device) => shownIdentifiers(device, full)),
      attempts: attempt,
      since: new Date(since).toISOString(),
      why,
      callbacksUnderUnknownIds: claims.map(({ orphan }) => orphan.upstreamRequestId),
      options: options.map(({ what, effect }) => ({ command: wording.words(command(what)), effect })),
    },
  }
}
