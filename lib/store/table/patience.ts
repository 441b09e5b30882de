import type { Table } from './table.ts'

/** How long the store retries a call that DynamoDB has throttled or that conflicted with a transaction. */
export const patienceMilliseconds = 5000
const firstDelayMilliseconds = 50
const longestDelayMilliseconds = 1000
/** Limits the retries if the clock does not advance. */
const mostRounds = 20

/**
 * Returns a function that waits before the next try, with exponential back-off and full jitter, or returns false at the
 * end.
 */
export function startPatience({ clock, sleep, random }: Table): () => Promise<boolean> {
  const end = clock() + patienceMilliseconds
  let round = 0
  return async () => {
    const delay = random() * Math.min(longestDelayMilliseconds, firstDelayMilliseconds * 2 ** round)
    round += 1
    if (round > mostRounds || clock() + delay > end) return false
    await sleep(delay)
    return true
  }
}
