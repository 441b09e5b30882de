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

/** The years 0 to 9999: only their texts sort as their dates do. */
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

/** Positions in the list of an account, and in the history of a device. */
const listedAt = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}$/
const linkedAt = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}#\d{5}#[\w-]{1,64}$/

/** How many requests one call looks at for its filters; what is left goes on behind the cursor. */
const looksAt = 500

/** Requests of one account, newest first, as of their last summary. A page may be short and still have a cursor. */
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
  for (let looked = 0; looked < looksAt; looked += size) {
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
  // More matched than fit: the next page begins behind the last one that is shown, not behind the last one looked at.
  if (last !== undefined && found.length > size) position = store.cursorBehind(last)
  return {
    status: 200,
    body: {
      items: found.slice(0, size).map(viewListed),
      nextCursor: position === undefined ? null : sealCursor(position, list),
    },
  }
}

/** The kind in any casing. */
const DevicePath = z.extend(Identifier, { kind: z.pipe(z.string().check(z.toLowerCase()), Identifier.shape.kind) })

export const HistoryQuery = z.strictObject({ limit, cursor: z.optional(cursorText) })

/** Everything that was ever asked of one device, newest first, with what became of it. */
export async function listDeviceHistory(
  caller: Caller,
  path: unknown,
  query: unknown,
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
    caller,
    store,
  )
  const view = async ({ requestId, generation, position }: DeviceLink) => {
    const request = await store.getRequest(requestId)
    // A link is written before its request, which may never have been stored, and may be that of an older one.
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

/** Rows read concurrently. Each may read the results of a whole submission, and memory is limited. */
const sideBySide = 10

/** Views rows until the page is full. `taken` counts the rows that were used, including those without a view. */
async function whatFits<Row, View>(
  rows: readonly Row[],
  view: (row: Row) => Promise<View | undefined>,
): Promise<{ items: View[]; taken: number }> {
  const hasRoom = pageRoom()
  const items: View[] = []
  for (let first = 0; first < rows.length; first += sideBySide) {
    const seen = await Promise.all(rows.slice(first, first + sideBySide).map(view))
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
    detail: 'say which account',
    errors: [{ pointer: '?accountName', code: 'required', detail: 'say which account' }],
  })
}
