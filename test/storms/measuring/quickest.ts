/**
 * The lower quartile of some times: other work on the machine only makes things slower. 0 if there are none.
 */
export function quickestQuarterOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 2] ?? 0
}
