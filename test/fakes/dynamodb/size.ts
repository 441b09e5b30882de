import type { Item, Value } from './values.ts'

export const kilobyte = 1024
export const maximumItemSize = 400 * kilobyte

/** Bytes of an item by DynamoDB's published rules. Names count, and so does the overhead of lists and maps. */
export function sizeOfItem(item: Item): number {
  let size = 0
  for (const name of Object.keys(item)) size += sizeOfString(name) + sizeOfValue(item[name]!)
  return size
}

function sizeOfValue(value: Value): number {
  if (typeof value === 'string') return sizeOfString(value)
  if (typeof value === 'number') return sizeOfNumber(value)
  if (typeof value === 'boolean' || value === null) return 1
  if (value instanceof Uint8Array) return value.length
  let size = 0
  if (value instanceof Set) {
    for (const element of value) size += sizeOfValue(element)
    return size
  }
  if (Array.isArray(value)) {
    for (const element of value) size += 1 + sizeOfValue(element)
    return size + 3
  }
  for (const name of Object.keys(value)) size += 1 + sizeOfString(name) + sizeOfValue(value[name]!)
  return size + 3
}

const sizeOfString = (text: string) => Buffer.byteLength(text, 'utf8')

function sizeOfInteger(value: number): number {
  let significant = value
  while (significant % 10 === 0) significant /= 10
  let digits = 0
  for (; significant >= 1; significant = Math.floor(significant / 10)) digits++
  return Math.ceil(digits / 2) + 1
}

/** One byte per two digits, one for the exponent and one for the sign. Leading and trailing zeros are free. */
function sizeOfNumber(value: number): number {
  if (value === 0) return 1
  if (value > 0 && value < 100 && Number.isInteger(value)) return 2
  if (Number.isInteger(value)) return sizeOfInteger(Math.abs(value)) + (value < 0 ? 1 : 0)
  const digits = String(Math.abs(value))
    .replace(/e.*$/, '')
    .replace('.', '')
    .replace(/^0+|0+$/g, '')
  return Math.ceil(digits.length / 2) + (value < 0 ? 2 : 1)
}
