/** A burst in virtual time: what happens to messages that arrive faster than they can be processed. */
export type Burst = { messages: number; overSeconds: number; environments: number }
export type BurstOutcome = { lost: number; drainSeconds: number; answeredWithinMs: number }

/**
 * Milliseconds. The cold start is a published value for an SDK client on Lambda; the call is one write to the table.
 */
export const modelled = { cold: 400, call: 15, batch: 25, batchSize: 10, window: 0, endpoint: 10 } as const

/**
 * An endpoint that invokes the function directly: a message needs an environment at once, or it is refused.
 * ThingSpace was observed to repeat a refused message once after about a second, or never; `repeats` selects this.
 */
export function withoutQueue({ messages, overSeconds, environments }: Burst, repeats: boolean): BurstOutcome {
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
  return { lost, drainSeconds: last / 1000, answeredWithinMs: slowest + modelled.endpoint }
}

/**
 * An endpoint that writes to a queue, which accepts everything. A limited number of environments processes it in
 * batches.
 */
export function withQueue({ messages, overSeconds, environments }: Burst): BurstOutcome {
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
  return { lost: 0, drainSeconds: last / 1000, answeredWithinMs: modelled.endpoint }
}
