import * as z from 'zod/mini'
import { ActionName } from '../../profile/order/action-names.ts'
import type { Clock } from '../../profile/ports.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import { RequestStatus } from '../../profile/request/states.ts'
import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import { viewListed } from '../../profile/status/request-view.ts'
import type { ApiAnswer } from '../api-call.ts'
import { asListed } from './as-of-now.ts'
import { accountOf, accountParameter, instant } from '../account-list.ts'
import type { Caller } from '../caller.ts'
import { cursorText, largestListPage, listLimit, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'

const anyStatus = `(${RequestStatus.options.join('|')})`
/** One status, or several with commas between them. */
const statuses = z.pipe(
  z
    .string()
    .check(
      z.maxLength(200, { abort: true }),
      z.regex(
        new RegExp(`^${anyStatus}(,${anyStatus})*$`),
        `expected one of ${RequestStatus.options.join(', ')}, or several with commas between them`,
      ),
    ),
  z.transform((text): ReadonlySet<string> => new Set(text.split(','))),
)

/** Query of GET /v1/requests. `caller=me` asks for the caller's own requests. */
export const RequestsQuery = z.strictObject({
  accountName: accountParameter,
  action: z.optional(ActionName),
  status: z.optional(statuses),
  hasFailedDevices: z.optional(z.enum(['true', 'false'])),
  caller: z.optional(z.string().check(z.minLength(1), z.maxLength(1024))),
  createdAfter: z.optional(instant),
  createdBefore: z.optional(instant),
  limit: listLimit,
  cursor: z.optional(cursorText),
})

export type ListDependencies = {
  store: Pick<RequestStore, 'listRequests' | 'cursorBehind'> & Pick<SubmissionStore, 'listSubmissions'>
  clock: Clock
}

/** The shape of a position in an account's list. */
const listedAt = /^\d{4}-\d\d-\d\dT[\d:.]{12}Z#[\w-]{1,64}$/

/** Most requests that one call checks against its filters. The cursor continues after them. */
const mostChecked = 500
/** Requests read at a time with a filter, so that a short page does not need a call for each request. */
const checkedAtOnce = 50
/** No further requests are read after this time. The function ends after 29 s. */
const listMilliseconds = 15_000

/**
 * GET /v1/requests: requests of one account, newest first, with their last stored summary. A page may be short and
 * still have a cursor.
 */
export async function listRequests(caller: Caller, query: unknown, dependencies: ListDependencies): Promise<ApiAnswer> {
  const { store, clock } = dependencies
  const stopAt = clock() + listMilliseconds
  const { cursor, limit: wanted, accountName: named, ...filters } = readParameters(RequestsQuery, query)
  const accountName = accountOf(caller, named)
  const { createdAfter, createdBefore } = filters
  const isWanted = filterOf(filters, caller)
  const range = {
    ...(createdAfter === undefined ? {} : { createdAfter }),
    ...(createdBefore === undefined ? {} : { createdBefore }),
  }
  const size = Math.min(wanted, largestListPage)
  const list = {
    accountName,
    ...filters,
    ...(filters.status === undefined ? {} : { status: [...filters.status].toSorted() }),
  }
  const found: ProfileRequest[] = []
  let position = cursor === undefined ? undefined : openCursor(cursor, list, listedAt)
  const { action, status, hasFailedDevices, caller: by } = filters
  const isFiltered = [action, status, hasFailedDevices, by].some((filter) => filter !== undefined)
  const limit = isFiltered ? Math.max(size, checkedAtOnce) : size
  for (let checked = 0; checked < mostChecked; checked += limit) {
    const page = await store.listRequests(accountName, range, {
      limit,
      ...(position === undefined ? {} : { cursor: position }),
    })
    const rows = await Promise.all(page.rows.map((request) => asListed(request, dependencies)))
    found.push(...rows.filter(isWanted))
    position = page.cursor
    if (position === undefined || found.length >= size || clock() >= stopAt) break
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

type Filters = Pick<z.infer<typeof RequestsQuery>, 'action' | 'status' | 'hasFailedDevices' | 'caller'>

/** Failed devices are those that failed or expired. */
function filterOf({ action, status, hasFailedDevices, caller: named }: Filters, caller: Caller) {
  const by = named === 'me' ? caller.id : named
  return ({ summary, ...request }: ProfileRequest): boolean =>
    (action === undefined || request.action === action) &&
    (status === undefined || status.has(summary.status)) &&
    (by === undefined || request.caller === by) &&
    (hasFailedDevices === undefined ||
      summary.devices.failed + summary.devices.expired > 0 === (hasFailedDevices === 'true'))
}
