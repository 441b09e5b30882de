import * as z from 'zod/mini'
import { meaningOf, meaningWithoutCode } from '../../profile/failure/code-meanings.ts'
import { type CountedDay, countFailures } from '../../profile/failure/count-failures.ts'
import type { FailureStore } from '../../profile/failure/failure.ts'
import type { Clock } from '../../profile/ports.ts'
import { accountOf, accountParameter, instant } from '../account-list.ts'
import type { ApiAnswer } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { cursorText, openCursor, sealCursor } from '../page-cursor.ts'
import { readParameters } from '../parameters.ts'
import { endOf, usualRange } from './show-failures.ts'

/** Query of GET /v1/failures/counts. */
export const FailureCountsQuery = z.strictObject({
  accountName: accountParameter,
  from: z.optional(instant),
  to: z.optional(instant),
  cursor: z.optional(cursorText),
})

export type CountFailuresDependencies = { store: Pick<FailureStore, 'visitFailureEntries'>; clock: Clock }

/** GET /v1/failures/counts: failures by day, code, action and status, with the meaning and the cure of each code. */
export async function showFailureCounts(
  caller: Caller,
  query: unknown,
  dependencies: CountFailuresDependencies,
): Promise<ApiAnswer> {
  const { accountName: named, from, to, cursor } = readParameters(FailureCountsQuery, query)
  const accountName = accountOf(caller, named)
  const end = endOf(to, dependencies.clock())
  const start = from ?? Math.max(0, end - usualRange)
  const list = { countsOf: accountName, from, to }
  const counted = await countFailures(
    accountName,
    { from: start, to: end, cursor: cursor === undefined ? undefined : openCursor(cursor, list, /^\d{4}-\d\d-\d\d$/) },
    dependencies,
  )
  return {
    status: 200,
    body: {
      accountName,
      from: new Date(start).toISOString(),
      to: new Date(end).toISOString(),
      days: counted.days.map(viewDay),
      nextCursor: counted.cursor === undefined ? null : sealCursor(counted.cursor, list),
    },
  }
}

/** A day with its counts, each with what is known of its code. */
export const viewDay = ({ day, devices, isWhole, counts }: CountedDay) => ({
  day,
  devices,
  complete: isWhole,
  counts: counts.map(({ code, ...count }) => ({
    code: code ?? null,
    ...count,
    ...(code === undefined ? meaningWithoutCode[count.status] : meaningOf(code)),
  })),
})
