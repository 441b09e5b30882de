/**
 * Runs independent work for every entry, at most `lanes` at a time. Rejects at the first failure, while work that has
 * started continues. 25 lanes hide DynamoDB's latency and need few sockets.
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

/** Divides entries into batches of at most `size`, for calls that accept a limited number. */
export const inBatches = <Entry>(entries: readonly Entry[], size: number): Entry[][] =>
  Array.from({ length: Math.ceil(entries.length / size) }, (_, at) => entries.slice(at * size, (at + 1) * size))
