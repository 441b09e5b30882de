import { inParallel } from '../../../parallel.ts'
import { type Device, type Identifier, identifierKey } from '../../order/identifiers.ts'
import type { Clock } from '../../ports.ts'
import type { QuarantinedMessage } from '../../callback/quarantine-store.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { ResultStore } from '../../request/result-store.ts'
import type { Settings } from '../../request/settings.ts'
import type { DeviceView } from '../../status/device-view.ts'
import { isFinalDevice } from '../../request/states.ts'
import { deviceStatusAt } from '../../status/device-states.ts'
import { listDevices, type ListDevicesDependencies } from '../../status/list-devices.ts'
import { ownLinks } from './own-links.ts'
import { messagesNaming, orphansNaming, type Reader, type SearchDependencies } from './search.ts'

export type CardDependencies = SearchDependencies &
  ListDevicesDependencies & {
    store: Pick<ResultStore, 'listResults'>
    clock: Clock
    settings: Pick<Settings, 'otherProfileSeconds'>
  }

/** An upstream request id with results about the card that belongs to no request. Times in epoch milliseconds. */
type CardOrphan = {
  upstreamRequestId: string
  accountName: string
  firstReceivedAt: number
  results: { verdict: string; identifiers: Device; receivedAt: number; raw: string }[]
}

/** A request in which the card's device is not final. */
type OpenRequest = { request: ProfileRequest; position: number; status: 'pending' | 'warning' }

/** What is known of a card beside its requests: the same on every page. */
export type CardFacts = {
  open: OpenRequest[]
  /** Whether `open` may lack requests older than the `requestsChecked` newest ones. */
  mayHaveMoreOpen: boolean
  orphans: CardOrphan[]
  quarantined: QuarantinedMessage[]
}

/** Requests that are checked for being open, the newest. */
const requestsChecked = 100
const orphansShown = 10
const orphanResultsShown = 10

/** Collects what is open or in doubt about a card. The number of reads is bounded by `requestsChecked`. */
export async function cardFacts(card: Identifier, reader: Reader, dependencies: CardDependencies): Promise<CardFacts> {
  const { store } = dependencies
  const [links, orphans, quarantined] = await Promise.all([
    ownLinks(card, { limit: requestsChecked }, { mayUse: reader.mayUse, store }),
    orphansNaming(card, reader.accounts, store),
    messagesNaming(card, reader.mayUse, store),
  ])
  const open: OpenRequest[] = []
  await inParallel(links.rows, async ({ requestId, generation, position }) => {
    const request = await store.getRequest(requestId)
    if (request?.generation !== generation || isFinalDevice(deviceStatusAt(request.summary, position))) return
    // The stored summary may be older than the results, which the devices of a request show at once.
    const { rows } = await listDevices(request, { from: position, limit: 1 }, dependencies)
    const [status] = rows.map((device) => device.status)
    if (status === 'pending' || status === 'warning') open.push({ request, position, status })
  })
  const explained: CardOrphan[] = []
  for (const { accountName, upstreamRequestId } of orphans.slice(0, orphansShown)) {
    const results = await store.listResults({ accountName, upstreamRequestId })
    const times = results.map(({ firstReceivedAt }) => firstReceivedAt)
    explained.push({
      accountName,
      upstreamRequestId,
      firstReceivedAt: Math.min(...times),
      results: results
        .slice(0, orphanResultsShown)
        .map(({ verdict, identifiers, receivedAt, raw }) => ({ verdict, identifiers, receivedAt, raw })),
    })
  }
  return {
    // Oldest first: what has been open for the longest time needs attention first.
    open: open.toSorted((one, other) => one.request.createdAt - other.request.createdAt),
    mayHaveMoreOpen: links.cursor !== undefined,
    orphans: explained.toSorted((one, other) => one.firstReceivedAt - other.firstReceivedAt),
    quarantined,
  }
}

/** Another identifier of the card's device, and who named it. */
export type OtherName = Identifier & { source: 'order' | 'result' }

/** The other identifiers that orders and results name beside the card, each once. */
export function otherNames(card: Identifier, devices: readonly DeviceView[]): OtherName[] {
  const names = new Map<string, OtherName>()
  for (const device of devices) {
    const named = [
      ...device.deviceIds.map((each) => ({ ...each, source: 'order' as const })),
      ...(device.result?.identifiers ?? []).map((each) => ({ ...each, source: 'result' as const })),
    ]
    for (const name of named) {
      const key = identifierKey(name)
      if (key !== identifierKey(card) && !names.has(key)) names.set(key, name)
    }
  }
  return [...names.values()]
}

/** What ThingSpace assigned, by the newest result that says so. `devices` are newest first. */
export function assignedTo(devices: readonly DeviceView[]): Record<string, string> {
  const results = devices.flatMap(({ result }) => result ?? [])
  const oldestFirst = results.toSorted((one, other) => (one.receivedAt < other.receivedAt ? -1 : 1))
  return Object.assign({}, ...oldestFirst.map(({ assigned }) => assigned ?? {}))
}
