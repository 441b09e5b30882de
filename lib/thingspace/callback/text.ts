import { jsonTextsIn } from './encoding.ts'
import { parseLenient } from './lenient-json.ts'

/** Longest message that is parsed, in characters. A documented message has about 1,500. */
export const largestCallback = 65_536
const deepest = 16

type Parsed = { kind: 'parsed'; message: Readonly<Record<string, unknown>>; members: number }
/** A text that is not one unambiguous message. The reason is a stable word that metrics count. */
type Rejected = { kind: 'rejected'; reason: 'too-large' | 'too-deep' | 'not-json' | 'not-an-object' }

/**
 * Parses the text of a callback in any known encoding. `members` counts the members in the text. If the parsed message
 * has fewer, an object has two members of one name.
 */
export function parseCallbackText(text: string, largest = largestCallback): Parsed | Rejected {
  if (text.length > largest) return { kind: 'rejected', reason: 'too-large' }
  const trimmed = text.trim()
  let rejected: Rejected = { kind: 'rejected', reason: 'not-json' }
  for (const json of jsonTextsIn(trimmed)) {
    const parsed = parseJsonText(json)
    if (parsed.kind === 'parsed') return parsed
    if (parsed.reason !== 'not-json') rejected = parsed
  }
  return rejected
}

/** Parses a JSON text that is an object, or an array with one object. */
export function parseJsonText(text: string): Parsed | Rejected {
  const shape = shapeOf(text)
  if (shape.depth > deepest) return { kind: 'rejected', reason: 'too-deep' }
  let message: unknown
  try {
    message = parseLenient(withQuotedNumbers(text, shape.longNumbers))
  } catch {
    return { kind: 'rejected', reason: 'not-json' }
  }
  if (Array.isArray(message) && message.length === 1) [message] = message
  return isRecord(message)
    ? { kind: 'parsed', message, members: shape.members }
    : { kind: 'rejected', reason: 'not-an-object' }
}

/** Parses the JSON inside a text member. Returns `undefined` if the text is not JSON or too deep. */
export function parseNested(text: string): unknown {
  const first = text.trimStart().charAt(0)
  if ((first !== '{' && first !== '[' && first !== '"') || shapeOf(text).depth > deepest) return undefined
  try {
    return parseLenient(text)
  } catch {
    return undefined
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const minus = 0x2d

type Range = readonly [start: number, end: number]

/** Counts members and depth and finds long numbers, in one pass before the text is parsed. */
function shapeOf(text: string): { members: number; depth: number; longNumbers: Range[] } {
  let members = 0
  let depth = 0
  let deepestSeen = 0
  const longNumbers: Range[] = []
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isDigit(code)) {
      const start = text.charCodeAt(index - 1) === minus ? index - 1 : index
      let end = index
      while (isDigit(text.charCodeAt(end))) end += 1
      // A number with a fraction or an exponent is a quantity, not an identifier.
      const isWhole = !isNumberPart(text.charCodeAt(end))
      if (isWhole && end - index > 15) longNumbers.push([start, end])
      while (isNumberPart(text.charCodeAt(end))) end += 1
      index = end - 1
    } else if (code === quote) index = endOfString(text, index)
    else if (code === colon) members += 1
    else if (code === 0x7b || code === 0x5b) deepestSeen = Math.max(deepestSeen, (depth += 1))
    else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return { members, depth: deepestSeen, longNumbers }
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
/** Whether a character may be part of a number: a digit, a point, a sign, or the letter of an exponent. */
const isNumberPart = (code: number): boolean =>
  isDigit(code) || code === 0x2e || code === 0x2b || code === minus || code === 0x65 || code === 0x45

/** The index of the quote that ends the string beginning at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === backslash) index += 1
    else if (code === quote) break
  }
  return index
}

/** Quotes long numbers. An ICCID or EID written as a number has more digits than a double can hold. */
function withQuotedNumbers(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text
  const parts: string[] = []
  let at = 0
  for (const [start, end] of ranges) {
    parts.push(text.slice(at, start), '"', text.slice(start, end), '"')
    at = end
  }
  return [...parts, text.slice(at)].join('')
}
