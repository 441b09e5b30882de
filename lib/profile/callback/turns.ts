/** Runs work that shares a key one after the other, in the order of the calls. Other work runs concurrently. */
export type Turns = <Outcome>(keys: readonly string[], work: () => Promise<Outcome>) => Promise<Outcome>

/** Creates the turns of one batch. Work that fails does not block the work behind it. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return (keys, work) => {
    const done = Promise.allSettled(keys.flatMap((key) => last.get(key) ?? [])).then(work)
    for (const key of keys) last.set(key, done)
    return done
  }
}
