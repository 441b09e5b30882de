import type { ActionName } from '../order/action-names.ts'
import type { FailedStatus, FailureStore } from './failure.ts'
import { dayBefore, endOf, isoOf } from './list-failures.ts'

/** The failures of one day with one code, action and status. */
type FailureCount = { code: string | undefined; action: ActionName; status: FailedStatus; devices: number }

/** The failures of one day (UTC). `isWhole` is false if the day has more failures than one call reads. */
export type CountedDay = { day: string; devices: number; isWhole: boolean; counts: FailureCount[] }

/** Pages of the index, about 4,000 failures each: after so many no further day begins, and one day ends. */
const enoughPages = 100
const mostPagesOfDay = 300
const mostDays = 40

/**
 * Counts the failures of an account by day, code, action and status, newest day first. It reads the index only, which
 * has no counters that could drift. `cursor` is the next day if the call has read enough.
 */
export async function countFailures(
  accountName: string,
  { from, to, cursor }: { from: number; to: number; cursor?: string | undefined },
  { store }: { store: Pick<FailureStore, 'visitFailureEntries'> },
): Promise<{ days: CountedDay[]; cursor?: string }> {
  const after = isoOf(from)
  const before = isoOf(to)
  const days: CountedDay[] = []
  let pages = 0
  let day = cursor ?? before.slice(0, 10)
  while (day >= after.slice(0, 10)) {
    if (pages >= enoughPages || days.length >= mostDays) return { days, cursor: day }
    const counts = new Map<string, FailureCount>()
    let devices = 0
    const range = { after, before: before < endOf(day) ? before : endOf(day) }
    const read = await store.visitFailureEntries(accountName, day, {
      ...range,
      mostPages: mostPagesOfDay,
      visit({ code, action, status }) {
        devices += 1
        const name = JSON.stringify([code, action, status])
        const count = counts.get(name) ?? { code, action, status, devices: 0 }
        counts.set(name, { ...count, devices: count.devices + 1 })
      },
    })
    pages += read.pages
    const sorted = [...counts.values()].toSorted((a, b) => b.devices - a.devices)
    days.push({ day, devices, isWhole: read.isWhole, counts: sorted })
    day = dayBefore(day)
  }
  return { days }
}
