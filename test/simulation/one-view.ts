import './function-environment.ts'
import type { Context } from 'aws-lambda'
import { createHandler as queryRequests } from '../../functions/query-requests.ts'
import { createHandler as querySupport } from '../../functions/query-support.ts'
import type { DeviceView } from '../../lib/profile/status/device-view.ts'
import { viewRequest } from '../../lib/profile/status/request-view.ts'
import { explainRequest } from '../../lib/profile/support/explain-request.ts'
import { planStore } from '../../lib/store/decisions/plans.ts'
import { waitingDecisions } from '../../lib/store/decisions/waiting-decisions.ts'
import { failureLists } from '../../lib/store/failures/failure-lists.ts'
import { quarantineReview } from '../../lib/store/quarantine-review.ts'
import { createStore } from '../../lib/store/store.ts'
import { anAccess, apiEvent } from '../builders.ts'
import { tableName } from './deployment.ts'
import type { World } from './world.ts'

type Counts = Record<
  'total' | 'pending' | 'warning' | 'succeeded' | 'failed' | 'expired' | 'cancelled' | 'conflicts',
  number
>
type Listed = {
  requestId: string
  accountName: string
  status: string
  final: boolean
  updatedAt: string
  devices: Counts
}
type Shown = Listed & { next: unknown; submissions: { awaitingDecision: number } }
type Named = { request: Listed; device: DeviceView | null }
type Evidence = { status: string; entries: { entry: { kind: string; position?: number; status?: string } }[] }
type Event = { type: string; status: string }

/** Everything that the gateway says of one request, as each of its readers receives it. */
export type Views = {
  shown: Shown
  devices: DeviceView[]
  listed: Listed
  found: Listed
  /** Undefined while the first attempt has not begun: the links of the devices are written then. */
  history: Named | undefined
  card: Named | undefined
  open: { requestId: string; position: number; status: string }[]
  timeline: { status: string; next: unknown }
  evidence: Evidence
  operator: Shown
  failures: { position: number; status: string }[]
  awaited: number[]
  lastEvent: Event | undefined
}

const context = {} as Context
type Answered = { statusCode?: number; body?: string }

/** The readers of a world, as the functions and the ops commands build them, over its table and its clock. */
export function readersOf({ dynamoDb, scheduler, scenario, events }: World) {
  const clock = () => scheduler.now
  const quiet = () => undefined
  const own = {
    client: dynamoDb,
    tableName,
    retainSeconds: 35 * 86_400,
    clock,
    sleep: () => Promise.resolve(),
    random: () => 0.5,
  }
  const shared = {
    store: {
      ...createStore(own),
      ...quarantineReview(own),
      ...waitingDecisions(own),
      ...planStore(own),
      ...failureLists(own),
    },
    settings: scenario.settings,
    access: anAccess(),
    log: { info: quiet, warn: quiet, error: quiet },
    clock,
    sleep: own.sleep,
  }
  const requests = queryRequests(shared)
  const support = querySupport({ ...shared, servedAccounts: [] })
  const read = async (
    handler: typeof requests,
    route: string,
    call: { path?: Record<string, string>; query?: Record<string, string> },
  ): Promise<never> => {
    const { statusCode, body = '' } = (await handler(apiEvent({ route, ...call }), context)) as Answered
    if (statusCode !== 200) throw new Error(`${route} answered ${statusCode}: ${body}`)
    return JSON.parse(body) as never
  }

  /** Reads a request in every way there is. */
  return async (requestId: string): Promise<Views> => {
    const path = { requestId }
    const shown: Shown = await read(requests, 'GET /v1/requests/{requestId}', { path })
    const { accountName } = shown
    const devices: { items: DeviceView[] } = await read(requests, 'GET /v1/requests/{requestId}/devices', { path })
    const { kind, id } = devices.items[0]!.deviceIds[0]!
    const [list, find, history, card, timeline, evidence, failures, decisions]: [
      { items: Listed[] },
      { requests: Listed[] },
      { items: Named[] },
      { requests: Named[]; open: Views['open'] },
      Views['timeline'],
      Evidence,
      { items: { requestId: string; position: number; status: string }[] },
      { items: { requestId: string; submission: number }[] },
    ] = [
      await read(requests, 'GET /v1/requests', { query: { accountName } }),
      await read(support, 'GET /v1/search', { query: { q: requestId } }),
      await read(requests, 'GET /v1/devices/{kind}/{id}/requests', { path: { kind, id } }),
      await read(support, 'GET /v1/cards/{kind}/{id}', { path: { kind, id } }),
      await read(requests, 'GET /v1/requests/{requestId}/timeline', { path }),
      await read(requests, 'GET /v1/requests/{requestId}/evidence', { path }),
      await read(support, 'GET /v1/failures', { query: { accountName } }),
      await read(support, 'GET /v1/decisions', { query: { accountName } }),
    ]
    const ofRequest = ({ request, device }: Named) => request.requestId === requestId && device?.position === 0
    const explained = (await explainRequest(requestId, shared))!
    const told = events.flatMap((event) =>
      'requestId' in event && event.requestId === requestId && event.type.startsWith('request.') ? [event] : [],
    )
    const last = told.toSorted((one, other) => one.sequence - other.sequence).at(-1)
    return {
      shown,
      devices: devices.items,
      listed: list.items.find((row) => row.requestId === requestId)!,
      found: find.requests.find((row) => row.requestId === requestId)!,
      history: history.items.find(ofRequest),
      card: card.requests.find(ofRequest),
      open: card.open.filter((row) => row.requestId === requestId),
      timeline,
      evidence,
      operator: JSON.parse(JSON.stringify(viewRequest(explained.request, explained.submissions))) as Shown,
      failures: failures.items.filter((row) => row.requestId === requestId),
      awaited: decisions.items.flatMap((row) => (row.requestId === requestId ? [row.submission] : [])),
      lastEvent: last === undefined ? undefined : { type: last.type, status: last.status },
    }
  }
}

const countsOf = (devices: readonly DeviceView[]): Counts => {
  const counts = { total: devices.length, pending: 0, warning: 0, succeeded: 0, failed: 0, expired: 0, cancelled: 0 }
  for (const { status } of devices) counts[status] += 1
  return { ...counts, conflicts: devices.filter(({ conflict }) => conflict === true).length }
}
const statusesOf = (devices: readonly DeviceView[]) => devices.map(({ position, status }) => ({ position, status }))

type Pairs = readonly (readonly [what: string, one: unknown, other: unknown])[]
const differing = (pairs: Pairs): string[] =>
  pairs.flatMap(([what, one, other]) => {
    const [first, second] = [JSON.stringify(one), JSON.stringify(other)]
    return first === second ? [] : [`${what}: ${first} and ${second}`]
  })

/** What readers of one request say differently although they read it at the same moment. */
export function differencesNow({
  shown,
  devices,
  listed,
  found,
  history,
  card,
  timeline,
  evidence,
  operator,
  open,
}: Views): string[] {
  const [device] = devices
  // A message that contradicts a result counts as soon as the next summary is stored. The device shows it at once.
  const withoutConflicts = ({ conflicts: _, ...counts }: Counts) => counts
  const isOpen = device!.status === 'pending' || device!.status === 'warning'
  const named = (row: Named | undefined, where: string): Pairs =>
    row === undefined
      ? []
      : [
          [`the list and the ${where}`, listed, row.request],
          [`the device and the ${where}`, device, row.device],
        ]
  return differing([
    ['counts of the request and of its devices', withoutConflicts(shown.devices), withoutConflicts(countsOf(devices))],
    ['the request and the operators', shown, operator],
    ['status in the request and in the timeline', shown.status, timeline.status],
    ['next in the request and in the timeline', shown.next, timeline.next],
    ['status in the request and in the evidence', shown.status, evidence.status],
    [
      'devices and evidence',
      statusesOf(devices),
      evidence.entries.flatMap(({ entry: { kind, position, status } }) =>
        kind === 'device' ? [{ position, status }] : [],
      ),
    ],
    ['the list and the search', listed, { ...found, matchedBy: undefined }],
    ...named(history, 'history'),
    ...named(card, 'card'),
    ['whether the card is open', open.some(({ position }) => position === 0), card !== undefined && isOpen],
  ])
}

/** What readers say differently when nothing is left to do: then lists, events and conflicts agree too. */
export function differencesAtRest(views: Views): string[] {
  const { shown, devices, listed, failures, awaited, lastEvent } = views
  const { next: _next, submissions: _submissions, ...asListed } = shown
  const failed = statusesOf(devices).filter(({ status }) => status === 'failed' || status === 'expired')
  return [
    ...differencesNow(views),
    ...differing([
      ['the request and the list', asListed, listed],
      ['conflicts', shown.devices.conflicts, countsOf(devices).conflicts],
      [
        'devices and failures',
        failed,
        statusesOf(failures as DeviceView[]).toSorted((one, other) => one.position - other.position),
      ],
      ['decisions that are awaited', shown.submissions.awaitingDecision, awaited.length],
      [
        'the last event',
        lastEvent,
        shown.final
          ? { type: 'request.completed', status: shown.status }
          : { type: 'request.unconfirmed', status: shown.status },
      ],
    ]),
  ]
}
