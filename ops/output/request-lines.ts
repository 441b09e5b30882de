import type { ExplainedOrphan } from '../../lib/profile/support/explain-orphans.ts'
import type { Explanation } from '../../lib/profile/support/explain-request.ts'
import { traceIdOf } from '../../lib/profile/request/trace.ts'
import type { DeviceView } from '../../lib/profile/status/device-view.ts'
import { describeMatchingOrphan } from '../matching-orphans.ts'
import { columns, labelled } from './columns.ts'
import type { Call } from '../command.ts'
import { plural, shownText } from './wording.ts'

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

/** The lines at the top of `show`: the request, its status and its counts. */
export function statusLines({ request, submissions }: Explanation, { wording }: Call): string[] {
  const { requestId, action, family, accountName, summary, deviceCount } = request
  const trace = traceIdOf(request)
  const deadLetters = submissions.reduce((sum, each) => sum + (each.deadLetters ?? 0), 0)
  return [
    `request      ${requestId}`,
    `status       ${summary.status}`,
    `action       ${action} (${family}), account ${accountName}`,
    `devices      ${deviceCount}: ${counted(summary.devices)}${summary.conflicts > 0 ? `; ${summary.conflicts} in conflict` : ''}`,
    `submissions  ${counted(summary.submissions) || 'none created yet'}${
      summary.awaitingDecision > 0 ? `; ${summary.awaitingDecision} waiting for a decision` : ''
    }`,
    `accepted     ${wording.when(request.createdAt)}`,
    ...(trace === undefined ? [] : [`trace        ${trace}`]),
    `changed      ${wording.when(request.updatedAt)}, after ${plural(request.version, 'change')} of its summary`,
    ...(deadLetters > 0
      ? [
          `set aside    ${plural(deadLetters, 'work message')} in the dead letters (the sweep continues the submissions)`,
        ]
      : []),
  ]
}

/** The lines of `show` about the next step: what happens when, why, and the commands that an operator may run. */
export function nextLines(
  { request, next, options }: Explanation,
  matchingOrphans: readonly ExplainedOrphan[],
  { terminal, wording }: Call,
): string[] {
  const field = (name: string, text: string) => labelled(name, text, { width: terminal.width, column: 13 })
  const lines =
    next === undefined
      ? field('next', 'no automatic step')
      : [
          ...field('next', `${next.what}${next.at === undefined ? '' : `, ${wording.when(next.at)}`}`),
          ...field('why', wording.sentence(next.why)),
        ]
  const suffix = { retry: '', cancel: '', abandon: ' --abandon' } as const
  return [
    ...lines,
    ...matchingOrphans.flatMap(({ orphan, candidates: { length: candidates }, isAdoptable }) =>
      field('but', describeMatchingOrphan({ orphan, candidates, isAdoptable }, wording)),
    ),
    ...options.flatMap(({ what, submissions, effect }) =>
      field(
        'you may',
        `${wording.command(`${what === 'retry' ? 'retry' : 'cancel'} ${request.requestId}${suffix[what]}`)}  (${plural(submissions, 'submission')}: ${effect})`,
      ),
    ),
  ]
}

/** The timeline of a request, at most `limit` lines. It names submissions only if there are several. */
export function timelineLines({ request, timeline }: Explanation, limit: number, { wording, full }: Call): string[] {
  const several =
    request.deviceCount > request.devicesPerSubmission || timeline.some(({ submission }) => (submission ?? 0) > 0)
  const shown = timeline.slice(0, limit)
  const rows = shown.map(({ at, submission, what, detail }) => [
    wording.at(at),
    ...(several ? [submission === undefined ? '' : `sub ${submission}`] : []),
    what,
    shownText(detail, full),
  ])
  return [
    '',
    ...columns(['when', ...(several ? ['where'] : []), 'what', 'detail'], rows),
    ...(shown.length < timeline.length
      ? [`and ${timeline.length - shown.length} more: --limit ${timeline.length}`]
      : []),
  ]
}

/** ThingSpace's result for a device in one line: code, message and further verdicts. */
function resultText({ result, error, others }: DeviceView): string {
  const code = result?.fault?.code ?? result?.euicc?.code ?? error?.code ?? error?.status
  const words = result?.fault?.message ?? result?.euicc?.description ?? error?.message ?? result?.note
  const also = (others ?? []).map(({ verdict }) => `also ${verdict}`)
  return [code, words, ...also].filter((part) => part !== undefined).join(' ')
}

/** The device table of `show --devices`. `total` is the number of devices of the request. */
export function deviceLines(rows: readonly DeviceView[], total: number, { wording }: Call): string[] {
  const cells = rows.map((row) => [
    row.position,
    wording.device(row.deviceIds),
    row.conflict === true ? `${row.status} (conflict)` : row.status,
    row.result === undefined ? '' : wording.at(Date.parse(row.result.receivedAt)),
    row.result?.provenance ?? '',
    resultText(row),
  ])
  return [
    '',
    ...columns(['position', 'device', 'status', 'received', 'from', "ThingSpace's result"], cells),
    ...(rows.length < total ? [`and ${total - rows.length} more devices: --limit ${total}`] : []),
  ]
}
