import * as z from 'zod'
import type { ExplainedOrphan } from '../../lib/profile/support/explain-orphans.ts'
import { type Explanation, explainRequest } from '../../lib/profile/support/explain-request.ts'
import { listDevices } from '../../lib/profile/status/list-devices.ts'
import type { DeviceView } from '../../lib/profile/status/device-view.ts'
import { viewRequest } from '../../lib/profile/status/request-view.ts'
import type { Call, Command } from '../command.ts'
import { submissionKey, readMatchingOrphans } from '../matching-orphans.ts'
import { Count, onlyWord, readOptions } from '../options/read-options.ts'
import { deviceLines, nextLines, statusLines, timelineLines } from '../output/request-lines.ts'
import { shownIdentifiers, shownText } from '../output/wording.ts'

const Options = z.object({
  devices: z.boolean().default(false),
  limit: Count.default(200),
})

const help = `npm run ops -- show <requestId> [--devices] [--limit <n>]

Shows one request: its status, what happens next and when, the possible decisions, and its timeline. The timeline lists
when the request was accepted, splits, attempts with their outcomes, decisions, callbacks, and the final status.

  --devices    also list each device with its status and ThingSpace's result
  --limit <n>  maximum number of devices, and of timeline lines (default 200)`

export const show: Command = {
  name: 'show',
  summary: 'show one request: status, reason, next step and timeline',
  help,
  options: { devices: { type: 'boolean' }, limit: { type: 'string' } },
  async run(call) {
    const requestId = onlyWord(call.words, 'requestId')
    const { devices, limit } = readOptions(Options, call.options)
    const { gateway, terminal } = call
    const dependencies = { store: gateway.store(), clock: gateway.clock, settings: gateway.settings() }
    const explained = await explainRequest(requestId, dependencies)
    if (explained === undefined) {
      terminal.note(`Request ${requestId} does not exist, or its retention period has ended.`)
      return 'nothing'
    }
    const rows = devices ? (await listDevices(explained.request, { from: 0, limit }, dependencies)).rows : []
    const matchingOrphans = await orphansMatching(explained, call)
    terminal.answer(
      [
        ...statusLines(explained, call),
        ...nextLines(explained, matchingOrphans, call),
        ...timelineLines(explained, limit, call),
        ...(devices ? deviceLines(rows, explained.request.deviceCount, call) : []),
      ],
      {
        ...dataOf(explained, rows, call),
        callbacksUnderUnknownIds: matchingOrphans.map(({ orphan }) => orphan.upstreamRequestId),
      },
    )
    return 'done'
  },
}

/** The orphans that match an unconfirmed submission of the request: callbacks that may be about it. */
async function orphansMatching({ submissions }: Explanation, { gateway }: Call): Promise<ExplainedOrphan[]> {
  const unconfirmed = submissions.filter(({ state }) => state === 'unconfirmed')
  if (unconfirmed.length === 0) return []
  const matchingOrphans = await readMatchingOrphans(gateway)
  return unconfirmed.flatMap((each) => matchingOrphans.get(submissionKey(each)) ?? [])
}

const iso = (instant: number): string => new Date(instant).toISOString()

function dataOf(
  { request, submissions, callbacks, timeline, next, options }: Explanation,
  rows: readonly DeviceView[],
  { full }: Call,
) {
  return {
    ...viewRequest(request, submissions),
    trace: request.traceparent ?? null,
    next: next === undefined ? null : { ...next, at: next.at === undefined ? null : iso(next.at) },
    options,
    callbacks: callbacks.map(({ first, last, ...counts }) => ({
      ...counts,
      ...(first === undefined || last === undefined ? {} : { first: iso(first), last: iso(last) }),
    })),
    timeline: timeline.map(({ at, order: _order, ...entry }) => ({
      at: iso(at),
      ...entry,
      detail: shownText(entry.detail, full),
    })),
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
