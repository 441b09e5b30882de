import * as z from 'zod/mini'
import { Identifier, identifierFault, normaliseId } from '../../profile/order/identifiers.ts'
import type { ApiAnswer } from '../api-call.ts'
import { type Caller, mayUse } from '../caller.ts'
import { cursorText, listLimit } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'
import { type HistoryDependencies, historyPage } from './history-page.ts'

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
  const { kind, id } = readParameters(DevicePath, path)
  const fault = identifierFault(kind, id)
  if (fault !== undefined) throw new ProblemError('invalid-parameter', { detail: fault })
  const identifier = { kind, id: normaliseId(kind, id) }
  const { limit, cursor } = readParameters(HistoryQuery, query)
  const body = await historyPage(
    identifier,
    { limit, cursor, mayUse: (accountName) => mayUse(caller, accountName), list: { historyOf: identifier } },
    dependencies,
  )
  return { status: 200, body }
}
