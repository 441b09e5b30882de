/** Has work that shares a key done one after the other, in the order in which it was asked for. */
export type Turns = <Outcome>(keys: readonly string[], work: () => Promise<Outcome>) => Promise<Outcome>

/** The turns of one batch. Work that fails holds up none behind it. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return (keys, work) => {
    const done = Promise.allSettled(keys.flatMap((key) => last.get(key) ?? [])).then(work)
    for (const key of keys) last.set(key, done)
    return done
  }
}
