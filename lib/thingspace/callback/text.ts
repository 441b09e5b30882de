import { jsonTextsIn } from './encoding.ts'
import { parseLenient } from './lenient-json.ts'

/** What the callbacks queue's reader parses, in characters. A documented message has some 1,500. */
export const largestCallback = 65_536
const deepest = 16

type Parsed = { kind: 'parsed'; message: Readonly<Record<string, unknown>>; members: number }
/** Not a message that can be trusted to mean one thing; the reason is a stable word for counting. */
type Rejected = { kind: 'rejected'; reason: 'too-large' | 'too-deep' | 'not-json' | 'not-an-object' }

/**
 * Parses a callback's text in any encoding that is known. `members` is how many members the text has; an object that
 * shows fewer had a name twice.
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

/** Parses one JSON text that is an object, or an array of one. */
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

/** Parses the JSON inside a text member, if it is JSON and no deeper than a message may be. */
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

/** One pass over the text, before anything is built from it. */
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
      // What goes on behind the digits is a fraction or an exponent: a quantity, and no identifier.
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
/** Digits, a point, a sign, or the letter before an exponent. */
const isNumberPart = (code: number): boolean =>
  isDigit(code) || code === 0x2e || code === 0x2b || code === minus || code === 0x65 || code === 0x45

/** The index of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === backslash) index += 1
    else if (code === quote) break
  }
  return index
}

/** An ICCID or EID that comes as a number has more digits than a double holds; as a string it keeps them all. */
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
