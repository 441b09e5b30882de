/**
 * Restores the entries of a map in their order. Prefer a new map: the old content of a map that is cleared again and again
 * stays in memory until the next full garbage collection.
 */
export function refill<Key, Kept>(map: Map<Key, Kept>, entries: Iterable<readonly [Key, Kept]>): void {
  map.clear()
  for (const [key, value] of entries) map.set(key, value)
}

/** The same for a list. */
export function restock<Kept>(list: Kept[], elements: readonly Kept[]): void {
  list.length = elements.length
  for (let at = 0; at < elements.length; at++) list[at] = elements[at]!
}
