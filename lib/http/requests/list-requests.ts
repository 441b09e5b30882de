import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import type { ResultStore } from '../../profile/request/result-store.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import type { DeviceLink, DeviceStore } from '../../profile/request/device-link.ts'
import * as z from 'zod/mini'
import { ActionName } from '../../profile/order/action-names.ts'
import { AccountName } from '../../profile/order/body-fields.ts'
import { Identifier, identifierFault, normaliseId } from '../../profile/order/identifiers.ts'
import type { Clock } from '../../profile/ports.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import type { Settings } from '../../profile/request/settings.ts'
import { RequestStatus } from '../../profile/request/states.ts'
import { listDevices } from '../../profile/status/list-devices.ts'
import { viewListed } from '../../profile/status/request-view.ts'
import { pageRoom } from '../answer-size.ts'
import type { ApiAnswer } from '../api-handler.ts'
import { asListed } from './as-of-now.ts'
import { type Caller, requireAccount } from '../caller.ts'
import { ownLinks } from './own-links.ts'
import { cursorText, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'

/** Dates of the years 0 to 9999. Only their texts sort in the order of time. */
const instant = z
  .pipe(
    z.iso.datetime({ offset: true }),
    z.transform((text) => Date.parse(text)),
  )
  .check(z.gte(Date.parse('0000-01-01T00:00:00Z')), z.lte(Date.parse('9999-12-31T23:59:59.999Z')))
const limit = z._default(z.coerce.number().check(z.int(), z.positive()), 50)
const largestPage = 100

export const RequestsQuery = z.strictObject({
  accountName: z.optional(AccountName.check(z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'))),
  action: z.optional(ActionName),
  status: z.optional(RequestStatus),
  createdAfter: z.optional(instant),
  createdBefore: z.optional(instant),
  limit,
  cursor: z.optional(cursorText),
})

export type ListDependencies = {
  store: Pick<RequestStore, 'listRequests' | 'cursorBehind' | 'getRequest' | 'getDevices'> &
    Pick<DeviceStore, 'listLinks' | 'cursorBehindLink'> &
    Pick<SubmissionStore, 'listSubmissions'> &
    Pick<ResultStore, 'listResults'>
  clock: Clock
  settings: Pick<Settings, 'otherProfileSeconds'>
}

/** Shapes of positions in an account's list and in a device's history. */
const listedAt = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}$/
const linkedAt = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}#\d{5}#[\w-]{1,64}$/

/** Most requests that one call checks against its filters. The cursor continues after them. */
const mostChecked = 500

/**
 * GET /v1/requests: requests of one account, newest first, with their last stored summary. A page may be short and
 * still have a cursor.
 */
export async function listRequests(caller: Caller, query: unknown, dependencies: ListDependencies): Promise<ApiAnswer> {
  const { store } = dependencies
  const { cursor, limit: wanted, accountName: named, ...filters } = readParameters(RequestsQuery, query)
  const accountName = named ?? onlyAccountOf(caller)
  requireAccount(caller, accountName)
  const { action, status, createdAfter, createdBefore } = filters
  const range = {
    ...(createdAfter === undefined ? {} : { createdAfter }),
    ...(createdBefore === undefined ? {} : { createdBefore }),
  }
  const size = Math.min(wanted, largestPage)
  const list = { accountName, ...filters }
  const found: ProfileRequest[] = []
  let position = cursor === undefined ? undefined : openCursor(cursor, list, listedAt)
  for (let checked = 0; checked < mostChecked; checked += size) {
    const page = await store.listRequests(accountName, range, {
      limit: size,
      ...(position === undefined ? {} : { cursor: position }),
    })
    const rows = await Promise.all(page.rows.map((request) => asListed(request, dependencies)))
    found.push(
      ...rows.filter(
        (request) =>
          (action === undefined || request.action === action) &&
          (status === undefined || request.summary.status === status),
      ),
    )
    position = page.cursor
    if (position === undefined || found.length >= size) break
  }
  const [last] = found.slice(size - 1)
  // If more matched than fit, the next page begins after the last request shown, not after the last one checked.
  if (last !== undefined && found.length > size) position = store.cursorBehind(last)
  return {
    status: 200,
    body: {
      items: found.slice(0, size).map(viewListed),
      nextCursor: position === undefined ? null : sealCursor(position, list),
    },
  }
}

/** Accepts the kind of identifier in any casing. */
const DevicePath = z.extend(Identifier, { kind: z.pipe(z.string().check(z.toLowerCase()), Identifier.shape.kind) })

export const HistoryQuery = z.strictObject({ limit, cursor: z.optional(cursorText) })

/** GET /v1/devices/{kind}/{id}/requests: every request that named a device, newest first, with the device's status. */
export async function listDeviceHistory(
  caller: Caller,
  { path, query }: { path: unknown; query: unknown },
  dependencies: ListDependencies,
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
      limit: Math.min(wanted, largestPage),
      cursor: cursor === undefined ? undefined : openCursor(cursor, list, linkedAt),
    },
    { caller, store },
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

function onlyAccountOf({ accounts }: Caller): string {
  const [only, ...others] = accounts ?? []
  if (only !== undefined && others.length === 0) return only
  throw new ProblemError('invalid-parameter', {
    detail: 'accountName is required',
    errors: [{ pointer: '?accountName', code: 'required', detail: 'send accountName' }],
  })
}
