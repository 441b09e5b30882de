import type { Page } from '../ports.ts'
import type { ActionName } from '../order/action-names.ts'
import type { FailedStatus, Failure, FailureEntry, FailureStore } from './failure.ts'

export type FailureFilter = {
  /** Epoch milliseconds: from `from` and before `to`. */
  from: number
  to: number
  action?: ActionName | undefined
  status?: FailedStatus | undefined
  /** ThingSpace's code. `none`: failures without one. */
  code?: string | undefined
}

export type ListFailuresDependencies = {
  store: Pick<FailureStore, 'listFailureEntries' | 'getFailures'>
}

/** Most failures that one call compares with its filters, and most days that it looks at. The cursor continues. */
const mostChecked = 2000
const mostDays = 40
const entriesAtOnce = 250

/** Codes in the index of failures are cut to so many characters. */
export const longestIndexedCode = 64

/**
 * Lists the failures of an account, newest first. Reads only the days of the filter, and of each only what the page
 * needs. A page may be short or empty and still have a cursor, which is the place of the last failure it looked at.
 */
export async function listFailures(
  accountName: string,
  filter: FailureFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  { store }: ListFailuresDependencies,
): Promise<Page<Failure>> {
  const after = isoOf(filter.from)
  const found: FailureEntry[] = []
  let before = cursor ?? isoOf(filter.to)
  let checked = 0
  let days = 0
  let isEnd = false
  while (!isEnd && days < mostDays && checked < mostChecked && found.length < limit) {
    const day = before.slice(0, 10)
    const size = Math.min(entriesAtOnce, mostChecked)
    const { rows, isWhole } = await store.listFailureEntries(accountName, day, { after, before, limit: size })
    for (const row of rows) {
      if (found.length === limit) break
      checked += 1
      before = row.place
      if (matches(row, filter)) found.push(row)
    }
    const isDayDone = isWhole && before === (rows.at(-1)?.place ?? before)
    if (!isDayDone) continue
    days += 1
    isEnd = day <= after.slice(0, 10)
    before = endOf(dayBefore(day))
  }
  const rows = await store.getFailures(found)
  return isEnd ? { rows } : { rows, cursor: before }
}

function matches({ action, status, code }: FailureEntry, filter: FailureFilter): boolean {
  if (filter.action !== undefined && filter.action !== action) return false
  if (filter.status !== undefined && filter.status !== status) return false
  if (filter.code === undefined) return true
  return filter.code === 'none' ? code === undefined : code === filter.code.slice(0, longestIndexedCode)
}

export const isoOf = (instant: number): string => new Date(instant).toISOString()
/** Sorts behind every place of the day. */
export const endOf = (day: string): string => `${day}~`
export const dayBefore = (day: string): string => isoOf(Date.parse(`${day}T00:00:00.000Z`) - 86_400_000).slice(0, 10)
