import * as z from 'zod'
import type { ExplainedOrphan } from '../../../lib/profile/explain-orphans.ts'
import { type Explanation, explainRequest } from '../../../lib/profile/explain-request.ts'
import { listDevices } from '../../../lib/profile/list-devices.ts'
import { type DeviceView, viewRequest } from '../../../lib/profile/request-view.ts'
import type { Call, Command } from '../command.ts'
import { nameOf, readClaims, wordsOfClaim } from '../claims.ts'
import { columns, labelled } from '../columns.ts'
import { Count, onlyWord, readOptions } from '../read-options.ts'
import { plural, shownIdentifiers } from '../wording.ts'

const Options = z.object({
  devices: z.boolean().default(false),

  limit: Count.default(200),
})

const help = `npm run ops -- show <requestId> [--devices] [--limit <n>]

One request: where it stands and why, what happens next and when, what may be decided, and all that happened to it in
its order: accepted, split, attempts with their outcomes, decisions, callbacks, the final status.

  --devices    each device with its status and what ThingSpace said of it
  --limit <n>  at most so many devices, and so many lines of the timeline (200)`

export const show: Command = {
  name: 'show',
  summary: 'one request: where it stands, why, what happens next, and all that happened',
  help,
  options: { devices: { type: 'boolean' }, limit: { type: 'string' } },
  async run(call) {
    const requestId = onlyWord(call.words, 'requestId')
    const { devices, limit } = readOptions(Options, call.options)
    const { gateway, terminal } = call
    const dependencies = { store: gateway.store(), clock: gateway.clock }
    const explained = await explainRequest(requestId, dependencies)
    if (explained === undefined) {
      terminal.note(`There is no request ${requestId}: it may never have been, or is no longer kept.`)
      return 'nothing'
    }
    const rows = devices ? (await listDevices(explained.request, { from: 0, limit }, dependencies)).rows : []
    const claims = await claimsOn(explained, call)
    terminal.answer(
      [
        ...standing(explained, call),
        ...nextLines(explained, claims, call),
        ...timelineLines(explained, limit, call),
        ...(devices ? deviceLines(rows, explained.request.deviceCount, call) : []),
      ],
      {
        ...dataOf(explained, rows, call),
        callbacksUnderUnknownIds: claims.map(({ orphan }) => orphan.upstreamRequestId),
      },
    )
    return 'done'
  },
}

/** What ThingSpace has said about its submissions in doubt without anybody knowing it yet. */
async function claimsOn({ submissions }: Explanation, { gateway }: Call): Promise<ExplainedOrphan[]> {
  const doubtful = submissions.filter(({ state }) => state === 'unconfirmed')
  if (doubtful.length === 0) return []
  const claims = await readClaims(gateway)
  return doubtful.flatMap((each) => claims.get(nameOf(each)) ?? [])
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

function standing({ request, submissions }: Explanation, { wording }: Call): string[] {
  const { requestId, action, family, accountName, fold, deviceCount } = request
  const deadLetters = submissions.reduce((sum, each) => sum + (each.deadLetters ?? 0), 0)
  return [
    `request      ${requestId}`,
    `status       ${fold.status}`,
    `action       ${action} (${family}), account ${accountName}`,
    `devices      ${deviceCount}: ${counted(fold.devices)}${fold.conflicts > 0 ? `; ${fold.conflicts} in conflict` : ''}`,
    `submissions  ${counted(fold.submissions) || 'none created yet'}${
      fold.awaitingDecision > 0 ? `; ${fold.awaitingDecision} before a person` : ''
    }`,
    `accepted     ${wording.when(request.createdAt)}`,
    `changed      ${wording.when(request.updatedAt)}, after ${plural(request.version, 'change')} of its fold`,
    ...(deadLetters > 0
      ? [`set aside    ${plural(deadLetters, 'pointer')} in the dead letters (the sweep goes on)`]
      : []),
  ]
}

function nextLines(
  { request, next, options }: Explanation,
  claims: readonly ExplainedOrphan[],
  { terminal, wording }: Call,
): string[] {
  const field = (name: string, text: string) => labelled(name, text, { width: terminal.width, column: 13 })
  const lines =
    next === undefined
      ? field('next', 'nothing more happens by itself')
      : [
          ...field('next', `${next.what}${next.at === undefined ? '' : `, ${wording.when(next.at)}`}`),
          ...field('why', next.why),
        ]
  const suffix = { retry: '', cancel: '', abandon: ' --abandon' } as const
  return [
    ...lines,
    ...claims.flatMap((claim) => field('but', wordsOfClaim(claim, wording))),
    ...options.flatMap(({ what, submissions, effect }) =>
      field(
        'you may',
        `npm run ops -- ${what === 'retry' ? 'retry' : 'cancel'} ${request.requestId}${suffix[what]}  (${plural(submissions, 'submission')}: ${effect})`,
      ),
    ),
  ]
}

function timelineLines({ request, timeline }: Explanation, limit: number, { wording, full }: Call): string[] {
  const several =
    request.deviceCount > request.devicesPerSubmission || timeline.some(({ submission }) => (submission ?? 0) > 0)
  const shown = timeline.slice(0, limit)
  const rows = shown.map(({ at, submission, what, detail }) => [
    wording.at(at),
    ...(several ? [submission === undefined ? '' : `sub ${submission}`] : []),
    what,
    full ? detail : detail.replaceAll(/\b\d{14,32}\b/g, (digits) => `...${digits.slice(-4)}`),
  ])
  return [
    '',
    ...columns(['when', ...(several ? ['where'] : []), 'what', 'detail'], rows),
    ...(shown.length < timeline.length
      ? [`and ${timeline.length - shown.length} more: --limit ${timeline.length}`]
      : []),
  ]
}

/** What ThingSpace said of a device, in one line. */
export function saidOf({ result, error, others }: DeviceView): string {
  const code = result?.fault?.code ?? result?.euicc?.code ?? error?.code ?? error?.status
  const words = result?.fault?.message ?? result?.euicc?.description ?? error?.message ?? result?.note
  const also = (others ?? []).map(({ verdict }) => `also ${verdict}`)
  return [code, words, ...also].filter((part) => part !== undefined).join(' ')
}

function deviceLines(rows: readonly DeviceView[], total: number, { wording }: Call): string[] {
  const cells = rows.map((row) => [
    row.position,
    wording.device(row.deviceIds),
    row.conflict === true ? `${row.status} (conflict)` : row.status,
    row.result === undefined ? '' : wording.at(Date.parse(row.result.receivedAt)),
    row.result?.provenance ?? '',
    saidOf(row),
  ])
  return [
    '',
    ...columns(['position', 'device', 'status', 'received', 'from', 'ThingSpace said'], cells),
    ...(rows.length < total ? [`and ${total - rows.length} more devices: --limit ${total}`] : []),
  ]
}

const iso = (instant: number): string => new Date(instant).toISOString()

function dataOf(
  { request, submissions, callbacks, timeline, next, options }: Explanation,
  rows: readonly DeviceView[],
  { full }: Call,
) {
  return {
    ...viewRequest(request, submissions),
    next: next === undefined ? null : { ...next, at: next.at === undefined ? null : iso(next.at) },
    options,
    callbacks: callbacks.map(({ first, last, ...counts }) => ({
      ...counts,
      ...(first === undefined || last === undefined ? {} : { first: iso(first), last: iso(last) }),
    })),
    timeline: timeline.map(({ at, order: _order, ...entry }) => ({ at: iso(at), ...entry })),
    ...(rows.length === 0
      ? {}
      : {
          deviceResults: rows.map(({ result, ...row }) => ({
            ...row,
            deviceIds: shownIdentifiers(row.deviceIds, full),
            ...(result === undefined
              ? {}
              : { result: { ...result, identifiers: shownIdentifiers(result.identifiers ?? [], full) } }),
          })),
        }),
  }
}
