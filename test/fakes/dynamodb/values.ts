export type Value =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | Set<string | number | Uint8Array>
  | Value[]
  | { [name: string]: Value }

/** Stored items are never changed, only replaced, so that the table, its indexes and the stream can share them. */
export type Item = { [name: string]: Value }

export type Type = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M'

export function typeOf(value: Value): Type {
  switch (typeof value) {
    case 'string':
      return 'S'
    case 'number':
      return 'N'
    case 'boolean':
      return 'BOOL'
    default:
      if (value === null) return 'NULL'
      if (Array.isArray(value)) return 'L'
      if (value instanceof Uint8Array) return 'B'
      if (value instanceof Set) return typeOfSet(value)
      return 'M'
  }
}

function typeOfSet(set: Set<string | number | Uint8Array>): Type {
  for (const element of set) return typeof element === 'string' ? 'SS' : typeof element === 'number' ? 'NS' : 'BS'
  return 'SS'
}

export const isMap = (value: Value | undefined): value is Item =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array) &&
  !(value instanceof Set)

/** DynamoDB's sets compare bytes by content, and JavaScript's by identity. */
export const elementKey = (element: string | number | Uint8Array): string | number =>
  element instanceof Uint8Array ? Buffer.from(element).toString('latin1') : element

export function equals(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, at) => equals(element, b[at]!))
  }
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (a instanceof Set) {
    if (!(b instanceof Set) || a.size !== b.size) return false
    const keys = new Set([...b].map(elementKey))
    return [...a].every((element) => keys.has(elementKey(element)))
  }
  if (!isMap(b)) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  for (const name of names) {
    const other = b[name]
    if (other === undefined || !equals(a[name]!, other)) return false
  }
  return true
}

/** The order of two values of one scalar type, or undefined if DynamoDB defines none. */
export function compare(a: Value, b: Value): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return undefined
}

/**
 * DynamoDB orders texts by UTF-8 bytes and JavaScript by UTF-16 units. They differ if a surrogate meets U+E000 or
 * above.
 */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x === y) continue
    const surrogateX = x >= 0xd800 && x <= 0xdfff
    const surrogateY = y >= 0xd800 && y <= 0xdfff
    return surrogateX === surrogateY ? x - y : surrogateX ? 1 : -1
  }
  return a.length - b.length
}
