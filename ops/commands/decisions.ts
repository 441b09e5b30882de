import * as z from 'zod'
import { optionsOf } from '../../lib/profile/decision/decision-options.ts'
import type { ExplainedOrphan } from '../../lib/profile/support/explain-orphans.ts'
import { nextStepOf } from '../../lib/profile/status/next-step.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import type { Call, Command } from '../command.ts'
import { labelled } from '../output/columns.ts'
import { submissionKey, readMatchingOrphans, describeMatchingOrphan } from '../matching-orphans.ts'
import { Count, readOptions } from '../options/read-options.ts'
import { plural, shownIdentifiers } from '../output/wording.ts'

const Options = z.object({ limit: Count.default(50), account: z.string().optional() })

const help = `npm run ops -- decisions [--account <name>] [--limit <n>]

Lists the submissions that wait for an operator's decision, longest waiting first. ThingSpace's response to them was
lost, no callback has arrived, and their action is not repeatable. For each submission the command shows since when it
waits, why, and the possible decisions.

  --account <name>   only submissions of this account
  --limit <n>        maximum number of submissions (default 50)`

type Waiting = { request: ProfileRequest; submission: Submission; since: number }

export const decisions: Command = {
  name: 'decisions',
  summary: 'list submissions that wait for a decision: since when, why, and the options',
  help,
  options: { limit: { type: 'string' }, account: { type: 'string' } },
  async run(call) {
    const { limit, account } = readOptions(Options, call.options)
    const waiting = (await listWaiting(call, limit)).filter(
      ({ request }) => account === undefined || request.accountName === account,
    )
    const matchingOrphans =
      waiting.length === 0 ? new Map<string, ExplainedOrphan[]>() : await readMatchingOrphans(call.gateway)
    const blocks = await Promise.all(
      waiting.map((each) => describe(each, matchingOrphans.get(submissionKey(each.submission)) ?? [], call)),
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
    // The index is eventually consistent, so it may still list a submission that no longer waits.
    if (request === undefined || submission?.awaitsDecision !== true) continue
    found.push({ request, submission, since: submission.updatedAt })
  }
  return found
}

const devicesNamed = 3

async function describe(
  { request, submission, since }: Waiting,
  matchingOrphans: readonly ExplainedOrphan[],
  { gateway, terminal, wording, full }: Call,
) {
  const { requestId, action, accountName } = request
  const { firstDevice, deviceCount, attempt } = submission
  const devices = await gateway.store().getDevices(request, firstDevice, Math.min(deviceCount, devicesNamed))
  const why = nextStepOf(submission, request)?.why ?? ''
  // The sweep is about to adopt the callbacks, so a decision is not needed.
  const options = matchingOrphans.some(({ isAdoptable }) => isAdoptable) ? [] : optionsOf(request, [submission])
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
      ...matchingOrphans.flatMap((orphan) => field('but', describeMatchingOrphan(orphan, wording))),
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
      callbacksUnderUnknownIds: matchingOrphans.map(({ orphan }) => orphan.upstreamRequestId),
      options: options.map(({ what, effect }) => ({ command: wording.words(command(what)), effect })),
    },
  }
}
