import * as z from 'zod/mini'
import { ActionName } from '../profile/action-names.ts'
import { Identifier, identifierFault, normaliseId } from '../profile/identifiers.ts'
import type { Clock, Store } from '../profile/ports.ts'
import { listDevices } from '../profile/list-devices.ts'
import { type ProfileRequest, RequestStatus } from '../profile/request.ts'
import { viewListed } from '../profile/request-view.ts'
import type { ApiAnswer } from './api-handler.ts'
import { asListed } from './as-of-now.ts'
import { type Caller, mayUse, requireAccount } from './caller.ts'
import { openCursor, sealCursor } from './page-cursor.ts'
import { readParameters } from './parameters.ts'
import { ProblemError } from './problem.ts'

const instant = z.pipe(
  z.iso.datetime({ offset: true }),
  z.transform((text) => Date.parse(text)),
)
const limit = z._default(z.coerce.number().check(z.int(), z.positive()), 50)
const largestPage = 100

export const RequestsQuery = z.strictObject({
  accountName: z.optional(z.string().check(z.minLength(1))),
  action: z.optional(ActionName),
  status: z.optional(RequestStatus),
  createdAfter: z.optional(instant),
  createdBefore: z.optional(instant),
  limit,
  cursor: z.optional(z.string()),
})

export type ListDependencies = {
  store: Pick<
    Store,
    'listRequests' | 'cursorBehind' | 'listPointers' | 'getRequest' | 'getDevices' | 'listSubmissions' | 'listResults'
  >
  clock: Clock
}

/** How many requests one call looks at for its filters; what is left goes on behind the cursor. */
const looksAt = 500

/** Requests of one account, newest first, as of their last fold. A page may be short and still have a cursor. */
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
  let position = cursor === undefined ? undefined : openCursor(cursor, list)
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
          (status === undefined || request.fold.status === status),
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

export const HistoryQuery = z.strictObject({ limit, cursor: z.optional(z.string()) })

/** Everything that was ever asked of one device, newest first, with what became of it. */
export async function listDeviceHistory(
  caller: Caller,
  path: unknown,
  query: unknown,
  { store, clock }: ListDependencies,
): Promise<ApiAnswer> {
  const { kind, id } = readParameters(DevicePath, path)
  const fault = identifierFault(kind, id)
  if (fault !== undefined) throw new ProblemError('invalid-parameter', { detail: fault })
  const identifier = { kind, id: normaliseId(kind, id) }
  const { limit: wanted, cursor } = readParameters(HistoryQuery, query)
  const list = { historyOf: identifier }
  const page = await store.listPointers(identifier, {
    limit: Math.min(wanted, largestPage),
    ...(cursor === undefined ? {} : { cursor: openCursor(cursor, list) }),
  })
  const items = await Promise.all(
    page.rows
      .filter(({ accountName }) => mayUse(caller, accountName))
      .map(async ({ requestId, position }) => {
        const request = await store.getRequest(requestId)
        // A pointer may outlive its request by the hours that TTL takes.
        if (request === undefined) return undefined
        const { rows } = await listDevices(request, { from: position, limit: 1 }, { store, clock })
        return { request: viewListed(await asListed(request, { store, clock })), device: rows[0] ?? null }
      }),
  )
  return {
    status: 200,
    body: {
      items: items.filter((item) => item !== undefined),
      nextCursor: page.cursor === undefined ? null : sealCursor(page.cursor, list),
    },
  }
}

function onlyAccountOf({ accounts }: Caller): string {
  const [only, ...others] = accounts ?? []
  if (only !== undefined && others.length === 0) return only
  throw new ProblemError('invalid-parameter', {
    detail: 'say which account',
    errors: [{ pointer: '?accountName', code: 'required', detail: 'say which account' }],
  })
}
