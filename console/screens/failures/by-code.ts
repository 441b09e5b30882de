import type { Day } from '../../api/failures.ts'

const dayMs = 24 * 3600 * 1000

/** The days until tomorrow's beginning (UTC), so that the address stays the same for a day and its ETag is of use. */
export function periodOf(days: number): { from: string; to: string } {
  const to = Math.ceil(Date.now() / dayMs) * dayMs
  return { from: new Date(to - days * dayMs).toISOString(), to: new Date(to).toISOString() }
}

const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** A day in short: `22 Nov`. */
export const dayLabel = (day: string): string => dayFormat.format(new Date(`${day}T00:00:00Z`))

/** The failures with one code, over all days. */
export type CodeRow = {
  code: string | null
  devices: number
  actions: readonly string[]
  meaning: string | undefined
  cure: string | undefined
}

/** Sums the counts of all days by code, the most frequent first. */
export function byCode(days: readonly Day[]): CodeRow[] {
  const grouped = Map.groupBy(
    days.flatMap(({ counts }) => counts),
    ({ code }) => code,
  )
  return [...grouped]
    .map(([code, counts]) => ({
      code,
      devices: counts.reduce((sum, { devices }) => sum + devices, 0),
      actions: [...new Set(counts.map(({ action }) => action))],
      meaning: counts.find(({ meaning }) => meaning !== undefined)?.meaning,
      cure: counts.find(({ cure }) => cure !== undefined)?.cure,
    }))
    .toSorted((one, other) => other.devices - one.devices)
}
