/**
 * Runs independent work for every entry, at most `lanes` at a time; the first failure ends it.
 * 25 hide DynamoDB's latency and are few enough for one container's sockets.
 */
export async function inParallel<Entry>(
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<void>,
  lanes = 25,
): Promise<void> {
  const queue = entries.values()
  const lane = async () => {
    for (const entry of queue) await work(entry)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, entries.length) }, lane))
}

/** Cuts entries into batches of a size, for calls that take so many at once. */
export const inBatches = <Entry>(entries: readonly Entry[], size: number): Entry[][] =>
  Array.from({ length: Math.ceil(entries.length / size) }, (_, at) => entries.slice(at * size, (at + 1) * size))
