import type { Violation } from './evidence.ts'
import { isKill, type Struck } from './fault-plan.ts'
import type { Gateway } from './gateway.ts'
import type { TableContents } from './table-contents.ts'

/** Kills by function and kind of request, and cuts, as lines of text. */
export function faultTable(struck: readonly Struck[], seen: ReadonlyMap<string, number>): string[] {
  const lines: string[] = []
  const byFunction = Map.groupBy(struck, ({ functionName }) => functionName)
  for (const [functionName, ofFunction] of [...byFunction].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`${functionName}: ${count(ofFunction, isKill)} kills, ${count(ofFunction, isCut)} cut connections`)
    const byEffect = Map.groupBy(ofFunction, ({ effect }) => effect)
    for (const [effect, ofEffect] of [...byEffect].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const parts = (['kill-before', 'kill-after', 'cut-before', 'cut-after'] as const).flatMap((fault) => {
        const times = count(ofEffect, (each) => each === fault)
        return times === 0 ? [] : [`${fault} ${times}`]
      })
      lines.push(`  ${effect.padEnd(42)} ${parts.join(', ')}  (of ${seen.get(`${functionName} ${effect}`) ?? 0})`)
    }
  }
  return lines
}

const isCut = (fault: Struck['fault']): boolean => !isKill(fault)
const count = (struck: readonly Struck[], is: (fault: Struck['fault']) => boolean): number =>
  struck.filter(({ fault }) => is(fault)).length

const shown = 10

/** Violations. The first ones include everything known about the request. */
export function violationReport(
  violations: readonly Violation[],
  { table, gateway, struck }: { table: TableContents; gateway: Gateway; struck: readonly Struck[] },
): string[] {
  const lines = violations.slice(0, shown).flatMap(({ invariant, what, entry, ids = [] }) => {
    const requestId = ids.find((id) => table.requests.has(id))
    const stored = requestId === undefined ? undefined : table.requests.get(requestId)
    const named = new Set([...ids, ...(stored?.submissions.flatMap((each) => each.upstreamRequestIds) ?? [])])
    const iccids = new Set(entry?.order.devices.slice(0, 20).map(({ ids: { iccid } }) => iccid))
    const events: (readonly [at: number, text: string])[] = [
      ...(entry?.told.map(
        ({ at, what: did, status, requestId: id }) => [at, `caller: ${did} -> ${status} ${id ?? ''}`] as const,
      ) ?? []),
      ...(stored?.submissions.flatMap(({ submission, attempts, state, attempt, upstreamRequestIds, updatedAt }) => [
        ...attempts.map(
          (each) =>
            [
              each.finishedAt,
              `submission ${submission}: attempt ${each.attempt} of ${clock(each.startedAt)} ${each.outcome} ${each.cause ?? ''} ${each.upstreamRequestId ?? ''}`,
            ] as const,
        ),
        [
          updatedAt,
          `submission ${submission}: is ${state}, attempt ${attempt}, ${upstreamRequestIds.join(' ')}`,
        ] as const,
      ]) ?? []),
      ...gateway.simulator
        .submissions()
        .flatMap(({ requestId: id, acceptedAt, body, action }) =>
          named.has(id) || [...iccids].some((iccid) => JSON.stringify(body).includes(iccid))
            ? [[Date.parse(acceptedAt), `ThingSpace: accepted ${action} as ${id}`] as const]
            : [],
        ),
      ...struck
        .filter(({ mentions }) => mentions.some((id) => named.has(id)))
        .map(({ at, functionName, effect, fault }) => [at, `fault: ${functionName}, ${effect}, ${fault}`] as const),
    ]
    const order = entry?.order
    return [
      `VIOLATION of "${invariant}": ${what}`,
      ...(order === undefined
        ? []
        : [
            `  order ${order.number}: ${order.action} for ${order.devices.length} devices of ${order.accountName} by a caller that ${order.caller}` +
              (order.devices.length <= 8 ? `, endings ${order.devices.map(({ ending }) => ending).join(' ')}` : ''),
          ]),
      ...(stored === undefined ? [] : [`  request ${requestId}: ${stored.request.summary.status}`]),
      ...events.toSorted(([a], [b]) => a - b).map(([at, text]) => `  ${clock(at)}  ${text}`),
    ]
  })
  return violations.length > shown ? [...lines, `... and ${violations.length - shown} more`] : lines
}

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23)
