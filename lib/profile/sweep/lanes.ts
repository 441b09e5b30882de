/** Runs work as soon as a lane is free, in the order of the calls. */
export type Lanes = <Outcome>(work: () => Promise<Outcome>) => Promise<Outcome>

/** Creates lanes: at most `most` pieces of work run at once. Work that fails frees its lane too. */
export function createLanes(most: number): Lanes {
  let free = most
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}

/** Waits for all of this work. Fails with the first failure, but not before the rest has ended. */
export async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  for (const ended of await Promise.allSettled(work)) if (ended.status === 'rejected') throw ended.reason
}
