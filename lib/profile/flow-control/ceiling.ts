import type { Flow } from './flow.ts'

/** How long the limit stays below its ceiling. It doubles each time that ThingSpace refuses the same number again. */
const firstTrialSeconds = 60
const longestTrialSeconds = 600

/** The share of the ceiling up to which the limit may rise at once: less while the number was refused only once. */
const firstShare = 0.5
const knownShare = 0.75

/** Whether the limit may rise by one. */
export const mayRise = ({ limit, ceiling }: Flow, now: number): boolean => {
  if (ceiling === undefined) return true
  const share = ceiling.times === 1 ? firstShare : knownShare
  const seconds = Math.min(longestTrialSeconds, firstTrialSeconds * 2 ** (ceiling.times - 1))
  return limit + 1 <= Math.floor(ceiling.limit * share) || now >= ceiling.at + seconds * 1000
}

/** The ceiling after ThingSpace answered that it got too many calls. Calls that were not limited do not tell a new one. */
export function ceilingOf(
  { limit, ceiling }: Flow,
  { now, most }: { now: number; most: number },
): NonNullable<Flow['ceiling']> {
  const reached = limit >= most ? Math.min(most, ceiling?.limit ?? most) : limit
  return { limit: reached, at: now, times: ceiling?.limit === reached ? ceiling.times + 1 : 1 }
}
