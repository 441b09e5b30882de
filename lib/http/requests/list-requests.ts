import * as z from 'zod/mini'
import { ActionName } from '../../profile/order/action-names.ts'
import { AccountName } from '../../profile/order/body-fields.ts'
import type { Clock } from '../../profile/ports.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import type { RequestStore } from '../../profile/request/request-store.ts'
import { RequestStatus } from '../../profile/request/states.ts'
import type { SubmissionStore } from '../../profile/request/submission-store.ts'
import { viewListed } from '../../profile/status/request-view.ts'
import type { ApiAnswer } from '../api-call.ts'
import { asListed } from './as-of-now.ts'
import { type Caller, requireAccount } from '../caller.ts'
import { cursorText, largestListPage, listLimit, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'

/** Dates of the years 0 to 9999. Only their texts sort in the order of time. */
const instant = z
  .pipe(
    z.iso.datetime({ offset: true }),
    z.transform((text) => Date.parse(text)),
  )
  .check(z.gte(Date.parse('0000-01-01T00:00:00Z')), z.lte(Date.parse('9999-12-31T23:59:59.999Z')))

/** Query of GET /v1/requests. */
export const RequestsQuery = z.strictObject({
  accountName: z.optional(AccountName.check(z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'))),
  action: z.optional(ActionName),
  status: z.optional(RequestStatus),
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
  const size = Math.min(wanted, largestListPage)
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

function onlyAccountOf({ accounts }: Caller): string {
  const [only, ...others] = accounts ?? []
  if (only !== undefined && others.length === 0) return only
  throw new ProblemError('invalid-parameter', {
    detail: 'accountName is required',
    errors: [{ pointer: '?accountName', code: 'required', detail: 'send accountName' }],
  })
}
