/** A burst in virtual time: what becomes of messages that come faster than they can be worked off. */
export type Burst = { messages: number; overSeconds: number; environments: number }
export type Fate = { lost: number; drainSeconds: number; answeredWithinMs: number }

/** Milliseconds; the cold start is that of an SDK client on Lambda as others have published it, the call a table's write. */
export const modelled = { cold: 400, call: 15, batch: 60, batchSize: 50, window: 1000, door: 10 } as const

/**
 * The door calls the function itself: a message needs an environment at once, and none means a refusal. ThingSpace was
 * seen to repeat a refused message once, after a second or so, or never: `repeats` says which.
 */
export function withoutQueue({ messages, overSeconds, environments }: Burst, repeats: boolean): Fate {
  const arrivals = Array.from({ length: messages }, (_, index) => ({
    at: (index * overSeconds * 1000) / messages,
    isRepeat: false,
  }))
  const repeated: { at: number; isRepeat: boolean }[] = []
  /** When each environment is free again, the earliest first. */
  const busy: number[] = []
  let started = 0
  let lost = 0
  let last = 0
  let slowest = 0
  const next = () => {
    const [arrival] = arrivals.slice(taken, taken + 1)
    const [repeat] = repeated
    if (repeat !== undefined && (arrival === undefined || repeat.at < arrival.at)) return repeated.shift()
    taken += 1
    return arrival
  }
  let taken = 0
  for (let message = next(); message !== undefined; message = next()) {
    const { at, isRepeat } = message
    const free = busy.findIndex((until) => until <= at)
    const isCold = free < 0
    if (isCold && started >= environments) {
      if (repeats && !isRepeat) repeated.push({ at: at + 1300, isRepeat: true })
      else lost += 1
      continue
    }
    const takes = isCold ? modelled.cold + modelled.call : modelled.call
    if (isCold) {
      started += 1
      busy.push(at + takes)
    } else busy[free] = at + takes
    last = Math.max(last, at + takes)
    slowest = Math.max(slowest, takes)
  }
  return { lost, drainSeconds: last / 1000, answeredWithinMs: slowest + modelled.door }
}

/** The door writes to a queue, which takes all; environments work it off in batches, so many at once. */
export function withQueue({ messages, overSeconds, environments }: Burst): Fate {
  const free = Array.from({ length: environments }, (): number => modelled.cold)
  const arrivedBy = (count: number) => (count * overSeconds * 1000) / messages
  let last = 0
  for (let done = 0; done < messages; done += modelled.batchSize) {
    const full = arrivedBy(Math.min(messages, done + modelled.batchSize))
    const ready = Math.min(full, arrivedBy(done) + modelled.window)
    const index = free.indexOf(Math.min(...free))
    const until = Math.max(ready, free[index] ?? 0) + modelled.batch
    free[index] = until
    last = Math.max(last, until)
  }
  return { lost: 0, drainSeconds: last / 1000, answeredWithinMs: modelled.door }
}
