/** Enough to hide DynamoDB's latency, few enough for one container's sockets. */
const concurrency = 25

/** Runs independent work for every entry, at most 25 at a time; the first failure ends it. */
export async function inParallel<Entry>(
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const queue = entries.values()
  const lane = async () => {
    for (const entry of queue) await work(entry)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, entries.length) }, lane))
}
