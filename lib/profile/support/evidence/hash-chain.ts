import { hash } from 'node:crypto'

/** An entry with its place in a chain. `hash` covers the entry and, through the previous hash, every entry before it. */
export type Chained<Entry> = { sequence: number; entry: Entry; hash: string }

/** The hash before the first entry. */
export const firstHash = '0'.repeat(64)

/**
 * Chains entries: the hash of each is the SHA-256, in hexadecimal, of the previous hash, a line feed, and the entry as
 * compact JSON with its members in the order in which they are delivered. docs/operations-cli.md has a script that
 * checks it.
 */
export function chain<Entry>(entries: readonly Entry[]): Chained<Entry>[] {
  let previous = firstHash
  return entries.map((entry, index) => {
    previous = hash('sha256', `${previous}\n${JSON.stringify(entry)}`, 'hex')
    return { sequence: index + 1, entry, hash: previous }
  })
}
