import { setTimeout as sleep } from 'node:timers/promises'

/** Makes work wait, so that it begins at most so often in a second. */
export function createPace(perSecond: number): () => Promise<void> {
  let next = Date.now()
  return async () => {
    next = Math.max(next, Date.now()) + 1000 / perSecond
    const wait = next - Date.now()
    if (wait > 0) await sleep(wait)
  }
}
