import type { Table } from './table.ts'

/** How long the store repeats a call that DynamoDB refused temporarily. */
export const patienceMilliseconds = 5000
const firstDelay = 50
const longestDelay = 1000
/** Ends the repeats if the clock does not advance. */
const mostRounds = 20

/** Waits before the next try, each time longer, with full jitter; gives false once the budget is used up. */
export function startPatience({ clock, sleep, random }: Table): () => Promise<boolean> {
  const end = clock() + patienceMilliseconds
  let round = 0
  return async () => {
    const delay = random() * Math.min(longestDelay, firstDelay * 2 ** round)
    round += 1
    if (round > mostRounds || clock() + delay > end) return false
    await sleep(delay)
    return true
  }
}
