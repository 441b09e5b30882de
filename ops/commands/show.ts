import * as z from 'zod'
import type { ExplainedOrphan } from '../../lib/profile/support/explain-orphans.ts'
import { type Explanation, explainRequest } from '../../lib/profile/support/explain-request.ts'
import { listDevices } from '../../lib/profile/status/list-devices.ts'
import type { DeviceView } from '../../lib/profile/status/device-view.ts'
import { viewRequest } from '../../lib/profile/status/request-view.ts'
import type { Call, Command } from '../command.ts'
import { nameOf, readClaims } from '../claims.ts'
import { Count, onlyWord, readOptions } from '../read-options.ts'
import { deviceLines, nextLines, standing, timelineLines } from '../output/request-lines.ts'
import { shownIdentifiers, shownText } from '../output/wording.ts'

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
    const dependencies = { store: gateway.store(), clock: gateway.clock, settings: gateway.settings() }
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
  const unconfirmed = submissions.filter(({ state }) => state === 'unconfirmed')
  if (unconfirmed.length === 0) return []
  const claims = await readClaims(gateway)
  return unconfirmed.flatMap((each) => claims.get(nameOf(each)) ?? [])
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
