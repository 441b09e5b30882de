import type { Flow } from './flow.ts'

/** After this time the limit may reach its ceiling again. It doubles each time that ThingSpace refuses there. */
const firstTrialSeconds = 60
const longestTrialSeconds = 600

/** Whether the limit may rise by one. */
export const mayRise = ({ limit, ceiling }: Flow, now: number): boolean => {
  if (ceiling === undefined || limit + 1 < ceiling.limit) return true
  const seconds = Math.min(longestTrialSeconds, firstTrialSeconds * 2 ** (ceiling.times - 1))
  return now >= ceiling.at + seconds * 1000
}

/** The ceiling after ThingSpace answered that it got too many calls. Calls that were not limited do not tell a new one. */
export function ceilingOf(
  { limit, ceiling }: Flow,
  { now, most }: { now: number; most: number },
): NonNullable<Flow['ceiling']> {
  const reached = limit >= most ? Math.min(most, ceiling?.limit ?? most) : limit
  return { limit: reached, at: now, times: ceiling?.limit === reached ? ceiling.times + 1 : 1 }
}
