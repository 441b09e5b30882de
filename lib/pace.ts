import { setTimeout as sleep } from 'node:timers/promises'

/** Limits a loop to `perSecond` iterations per second: await the returned function once per iteration. */
export function createPace(perSecond: number): () => Promise<void> {
  let next = Date.now()
  return async () => {
    next = Math.max(next, Date.now()) + 1000 / perSecond
    const wait = next - Date.now()
    if (wait > 0) await sleep(wait)
  }
}
