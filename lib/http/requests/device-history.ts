import * as z from 'zod/mini'
import { Identifier, identifierFault, normaliseId } from '../../profile/order/identifiers.ts'
import type { Clock } from '../../profile/ports.ts'
import type { DeviceLink, DeviceStore } from '../../profile/request/device-link.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import type { ResultStore } from '../../profile/request/result-store.ts'
import type { Settings } from '../../profile/request/settings.ts'
import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import { listDevices } from '../../profile/status/list-devices.ts'
import { viewListed } from '../../profile/status/request-view.ts'
import { ownLinks } from '../../profile/support/find/own-links.ts'
import { pageRoom } from '../answer-size.ts'
import type { ApiAnswer } from '../api-call.ts'
import { type Caller, mayUse } from '../caller.ts'
import { cursorText, largestListPage, listLimit, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'
import { asListed } from './as-of-now.ts'

export type HistoryDependencies = {
  store: Pick<RequestStore, 'getRequest' | 'getDevices'> &
    Pick<DeviceStore, 'listLinks' | 'cursorBehindLink'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'>
  clock: Clock
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/** The shape of a position in a device's history. */
export const linkedAt = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}#\d{5}#[\w-]{1,64}$/

/** Accepts the kind of identifier in any casing. */
const DevicePath = z.extend(Identifier, { kind: z.pipe(z.string().check(z.toLowerCase()), Identifier.shape.kind) })

/** Query of GET /v1/devices/{kind}/{id}/requests. */
export const HistoryQuery = z.strictObject({ limit: listLimit, cursor: z.optional(cursorText) })

/** GET /v1/devices/{kind}/{id}/requests: every request that named a device, newest first, with the device's status. */
export async function listDeviceHistory(
  caller: Caller,
  { path, query }: { path: unknown; query: unknown },
  dependencies: HistoryDependencies,
): Promise<ApiAnswer> {
  const { store } = dependencies
  const { kind, id } = readParameters(DevicePath, path)
  const fault = identifierFault(kind, id)
  if (fault !== undefined) throw new ProblemError('invalid-parameter', { detail: fault })
  const identifier = { kind, id: normaliseId(kind, id) }
  const { limit: wanted, cursor } = readParameters(HistoryQuery, query)
  const list = { historyOf: identifier }
  const page = await ownLinks(
    identifier,
    {
      limit: Math.min(wanted, largestListPage),
      cursor: cursor === undefined ? undefined : openCursor(cursor, list, linkedAt),
    },
    { mayUse: (accountName) => mayUse(caller, accountName), store },
  )
  const view = async ({ requestId, generation, position }: DeviceLink) => {
    const request = await store.getRequest(requestId)
    // Links are written before their request. It may not have been stored, or the link may belong to an expired one.
    if (request === undefined || request.generation !== generation) return undefined
    const { rows } = await listDevices(request, { from: position, limit: 1 }, dependencies)
    return { request: viewListed(await asListed(request, dependencies)), device: rows[0] ?? null }
  }
  const { items, taken } = await whatFits(page.rows, view)
  const [last] = page.rows.slice(taken - 1, taken)
  const next = taken === page.rows.length || last === undefined ? page.cursor : store.cursorBehindLink(last)
  return {
    status: 200,
    body: { items, nextCursor: next === undefined ? null : sealCursor(next, list) },
  }
}

/** Rows read concurrently. Each may read the results of a whole submission, so memory limits their number. */
const rowsAtOnce = 10

/** Builds views until the page is full. `taken` counts the rows used, including those without a view. */
async function whatFits<Row, View>(
  rows: readonly Row[],
  view: (row: Row) => Promise<View | undefined>,
): Promise<{ items: View[]; taken: number }> {
  const hasRoom = pageRoom()
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
