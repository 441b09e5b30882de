import * as z from 'zod/mini'
import { viewDecision } from '../../profile/support/decisions/decision-view.ts'
import {
  explainWaiting,
  type ListDecisionsDependencies,
  listWaiting,
} from '../../profile/support/decisions/list-decisions.ts'
import { accountParameter } from '../account-list.ts'
import type { ApiAnswer } from '../api-call.ts'
import { type Caller, mayUse, requireAccount } from '../caller.ts'
import { cursorText, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'

/** Query of GET /v1/decisions. Without `accountName`, the list has every account of the token. */
export const DecisionsQuery = z.strictObject({
  accountName: accountParameter,
  limit: z._default(z.coerce.number().check(z.int(), z.positive()), 20),
  cursor: z.optional(cursorText),
})

/** Each row is explained with several reads. */
const largestPage = 50

/** GET /v1/decisions: what waits for a decision, longest waiting first, with a preview of each answer. */
export async function showDecisions(
  caller: Caller,
  query: unknown,
  dependencies: ListDecisionsDependencies,
): Promise<ApiAnswer> {
  const { accountName, limit, cursor } = readParameters(DecisionsQuery, query)
  if (accountName !== undefined) requireAccount(caller, accountName)
  const list = { decisionsOf: accountName ?? '' }
  const page = await listWaiting(
    (request) => mayUse(caller, request.accountName) && request.accountName === (accountName ?? request.accountName),
    {
      limit: Math.min(limit, largestPage),
      cursor: cursor === undefined ? undefined : openCursor(cursor, list, /^\d{1,16}\.[\da-f]{32}$/),
    },
    dependencies,
  )
  const rows = await explainWaiting(page.rows, dependencies)
  const nextCursor = page.cursor === undefined ? null : sealCursor(page.cursor, list)
  const link = new URLSearchParams({
    ...(accountName === undefined ? {} : { accountName }),
    limit: String(limit),
    cursor: nextCursor ?? '',
  })
  return {
    status: 200,
    headers: nextCursor === null ? {} : { link: `</v1/decisions?${link.toString()}>; rel="next"` },
    body: { items: rows.map(viewDecision), nextCursor },
  }
}
