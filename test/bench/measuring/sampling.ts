/** Median and quartiles of any number of samples. */
export type Spread = { median: number; low: number; high: number; count: number }

export type Samples<Name extends string, Value> = Record<Name, Value[]>

type Options = {
  rounds: number
  /** Rounds whose values are discarded. */
  warmUps?: number
  /** Called once per round. */
  progress?: (round: number) => void
  /** No round starts later than this many seconds after the warm-up. The samples up to then are used. */
  patienceSeconds?: number
}

/**
 * Takes a sample of every variant in each round. The order is reversed with every round, so that a drift over time
 * affects all of them.
 */
export async function alternate<Name extends string, Value>(
  variants: Readonly<Record<Name, () => Promise<Value>>>,
  { rounds, warmUps = 1, progress, patienceSeconds = Number.POSITIVE_INFINITY }: Options,
): Promise<Samples<Name, Value>> {
  const entries = Object.entries(variants) as [Name, () => Promise<Value>][]
  const samples = Object.fromEntries(entries.map(([name]) => [name, [] as Value[]])) as Samples<Name, Value>
  let end = Number.POSITIVE_INFINITY
  for (let round = -warmUps; round < rounds; round += 1) {
    if (round === 0) end = performance.now() + patienceSeconds * 1000
    if (performance.now() > end) break
    for (const [name, take] of round % 2 === 0 ? entries : entries.toReversed()) {
      const value = await take()
      if (round >= 0) samples[name].push(value)
    }
    progress?.(round + 1)
  }
  return samples
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: at(sorted, 0.5), low: at(sorted, 0.25), high: at(sorted, 0.75), count: sorted.length }
}

/**
 * The ratio of the medians. The quartiles are those of the ratios within each round, where both had the same
 * conditions.
 */
export function ratioOf(values: readonly number[], base: readonly number[]): Spread {
  const pairs = values.map((value, round) => value / (base[round] ?? Number.NaN))
  return { ...spreadOf(pairs), median: spreadOf(values).median / spreadOf(base).median }
}

/** A quantile of sorted values, interpolated between two neighbours. */
export function at(sorted: readonly number[], quantile: number): number {
  const position = (sorted.length - 1) * quantile
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}
