/** Where an item is among the key ranges: by the hash of its partition key, then by its sort key. */
export type Place = { hash: number; sort: string | number }

/** Number of different hashes. */
export const hashes = 2 ** 32

/** Distributes partition keys evenly. DynamoDB's own function is not published. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mixed(hash)
}

/** Spreads a number over all hashes, for keys that are numbered instead of named. */
export function mixed(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The place of a key. Items without a sort key have one place for each partition key. */
export const placeOf = ({ pk, sk = '' }: { pk: string; sk?: string | number | undefined }): Place => ({
  hash: hashOf(pk),
  sort: sk,
})

/** Negative if `a` comes before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.hash !== b.hash) return a.hash - b.hash
  if (a.sort === b.sort) return 0
  return a.sort < b.sort ? -1 : 1
}
