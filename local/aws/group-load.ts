type Flight = { group: string | undefined; from: number; until: number }

/** The share of the messages in flight, and of the processing time, above which a group is noisy. */
const noisyShare = 0.1
/** So many messages in flight are never noisy by their number. */
const quietInFlight = 30
/** AWS says that recent processing time counts, and no more. */
const recentMilliseconds = 60_000

/**
 * The load of a queue's consumers by message group, as far as AWS documents the fairness of SQS: a group is noisy if it
 * has more than a tenth of the messages in flight and at least 30, or if it took more than a tenth of the recent
 * processing time. SQS delivers the messages of noisy groups after all others. A message without a group is a group of
 * its own. Times are in milliseconds.
 */
export class GroupLoad {
  #flights = new Map<string, Flight>()
  #groups = new Set<string>()

  /** A message was received. `name` is unique among the receives of the queue. */
  begin(name: string, group: string | undefined, now: number): void {
    for (const [old, { until }] of this.#flights) {
      if (until > now - recentMilliseconds) break
      this.#flights.delete(old)
    }
    if (group !== undefined) this.#groups.add(group)
    this.#flights.set(name, { group, from: now, until: Infinity })
  }

  /** A received message was deleted, or it is visible again. */
  end(name: string, now: number): void {
    const flight = this.#flights.get(name)
    if (flight !== undefined && flight.until > now) flight.until = now
  }

  /** The names of the messages in flight. */
  inFlight(now: number): string[] {
    return [...this.#flights].filter(([, { until }]) => until > now).map(([name]) => name)
  }

  /** The groups whose messages come last. */
  noisy(now: number): ReadonlySet<string> {
    const noisy = new Set<string>()
    const count = { all: 0, of: new Map<string, number>() }
    const time = { all: 0, of: new Map<string, number>() }
    for (const { group, from, until } of this.#flights.values()) {
      add(time, group, Math.max(0, Math.min(until, now) - Math.max(from, now - recentMilliseconds)))
      if (until > now) add(count, group, 1)
    }
    for (const group of this.#groups) {
      const inFlight = count.of.get(group) ?? 0
      const hasMany = inFlight >= quietInFlight && inFlight > noisyShare * count.all
      if (hasMany || (time.of.get(group) ?? 0) > noisyShare * time.all) noisy.add(group)
    }
    return noisy
  }

  /** Saves the load. The returned function restores it. */
  mark(): () => void {
    const flights = [...this.#flights].map(([name, flight]) => [name, { ...flight }] as const)
    const groups = [...this.#groups]
    return () => {
      this.#flights = new Map(flights.map(([name, flight]) => [name, { ...flight }]))
      this.#groups = new Set(groups)
    }
  }
}

function add(sum: { all: number; of: Map<string, number> }, group: string | undefined, amount: number): void {
  sum.all += amount
  if (group !== undefined) sum.of.set(group, (sum.of.get(group) ?? 0) + amount)
}

/** Puts the messages of noisy groups behind all others, and otherwise keeps the order. */
export function quietFirst<Message>(
  messages: readonly Message[],
  groupOf: (message: Message) => string | undefined,
  noisy: ReadonlySet<string>,
): Message[] {
  const isNoisy = (message: Message) => noisy.has(groupOf(message) ?? '')
  return [...messages.filter((message) => !isNoisy(message)), ...messages.filter(isNoisy)]
}
