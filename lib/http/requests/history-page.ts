import type { Identifier } from '../../profile/order/identifiers.ts'
import type { Clock } from '../../profile/ports.ts'
import type { DeviceLink, DeviceStore } from '../../profile/request/device-link.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import type { ResultStore } from '../../profile/request/result-store.ts'
import type { Settings } from '../../profile/request/settings.ts'
import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import type { DeviceView } from '../../profile/status/device-view.ts'
import { viewListed } from '../../profile/status/request-view.ts'
import { type MayUse, ownLinks } from '../../profile/support/find/own-links.ts'
import { requestOfLink } from '../../profile/support/find/request-of-link.ts'
import { mostAnswerBytes, pageRoom } from '../answer-size.ts'
import { largestListPage, openCursor, sealCursor } from '../page-cursor.ts'
import { asListed } from './as-of-now.ts'

export type HistoryDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<DeviceStore, 'listLinks' | 'cursorBehindLink'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'>
  clock: Clock
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/** A request that named the device, and the state of the device in it. */
type HistoryItem = { request: ReturnType<typeof viewListed>; device: DeviceView | null }

type PageWish = {
  limit: number
  cursor: string | undefined
  mayUse: MayUse
  /** What the cursor belongs to: it is valid for no other list. */
  list: Readonly<Record<string, unknown>>
  /** Most bytes of the items. */
  mostBytes?: number
}

/** The shape of a position in a device's history. */
const linkedAt = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}#\d{5}#[\w-]{1,64}$/

/** A page of the requests that named a device, newest first, with the state of the device in each. */
export async function historyPage(
  identifier: Identifier,
  { limit, cursor, mayUse, list, mostBytes = mostAnswerBytes }: PageWish,
  dependencies: HistoryDependencies,
): Promise<{ items: HistoryItem[]; nextCursor: string | null }> {
  const { store } = dependencies
  const page = await ownLinks(
    identifier,
    {
      limit: Math.min(limit, largestListPage),
      cursor: cursor === undefined ? undefined : openCursor(cursor, list, linkedAt),
    },
    { mayUse, store },
  )
  const view = async (link: DeviceLink): Promise<HistoryItem | undefined> => {
    const found = await requestOfLink(link, dependencies)
    if (found === undefined) return undefined
    return { request: viewListed(await asListed(found.request, dependencies)), device: found.device ?? null }
  }
  const { items, taken } = await whatFits(page.rows, view, pageRoom(mostBytes))
  const [last] = page.rows.slice(taken - 1, taken)
  const next = taken === page.rows.length || last === undefined ? page.cursor : store.cursorBehindLink(last)
  return { items, nextCursor: next === undefined ? null : sealCursor(next, list) }
}

/** Rows read concurrently. Each may read the results of a whole submission, so memory limits their number. */
const rowsAtOnce = 10

/** Builds views until the page is full. `taken` counts the rows used, including those without a view. */
async function whatFits<Row, View>(
  rows: readonly Row[],
  view: (row: Row) => Promise<View | undefined>,
  hasRoom: (row: string) => boolean,
): Promise<{ items: View[]; taken: number }> {
  const items: View[] = []
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const seen = await Promise.all(rows.slice(first, first + rowsAtOnce).map(view))
    for (const [index, item] of seen.entries()) {
      if (item === undefined) continue
      if (!hasRoom(JSON.stringify(item))) return { items, taken: first + index }
      items.push(item)
    }
  }
  return { items, taken: rows.length }
}
