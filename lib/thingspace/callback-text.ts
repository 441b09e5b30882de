export const largestCallback = 65_536
const deepest = 16

type Parsed = { kind: 'parsed'; message: Readonly<Record<string, unknown>>; members: number }
/** Not a message that can be trusted to mean one thing; the reason is a stable word for counting. */
type Rejected = { kind: 'rejected'; reason: 'too-large' | 'too-deep' | 'not-json' | 'not-an-object' }

/**
 * Parses a callback's text, repairing the one defect seen in production: messages that come without their first brace.
 * `members` is how many members the text has; an object that shows fewer had a name twice.
 */
export function parseCallbackText(text: string): Parsed | Rejected {
  if (text.length > largestCallback) return { kind: 'rejected', reason: 'too-large' }
  const trimmed = text.trim()
  const whole = trimmed.startsWith('"') ? `{${trimmed}` : trimmed
  const shape = shapeOf(whole)
  if (shape.depth > deepest) return { kind: 'rejected', reason: 'too-deep' }
  let message: unknown
  try {
    message = JSON.parse(shape.hasLongNumber ? quoteLongNumbers(whole) : whole)
  } catch {
    return { kind: 'rejected', reason: 'not-json' }
  }
  if (Array.isArray(message) && message.length === 1) [message] = message
  return isRecord(message)
    ? { kind: 'parsed', message, members: shape.members }
    : { kind: 'rejected', reason: 'not-an-object' }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/** One pass over the text, before anything is built from it. */
function shapeOf(text: string): { members: number; depth: number; hasLongNumber: boolean } {
  let members = 0
  let depth = 0
  let deepestSeen = 0
  let digits = 0
  let hasLongNumber = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= 0x30 && code <= 0x39) {
      digits += 1
      hasLongNumber ||= digits > 15
      continue
    }
    digits = 0
    if (code === quote) index = endOfString(text, index)
    else if (code === colon) members += 1
    else if (code === 0x7b || code === 0x5b) deepestSeen = Math.max(deepestSeen, (depth += 1))
    else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return { members, depth: deepestSeen, hasLongNumber }
}

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
const quoteLongNumbers = (text: string): string =>
  text.replaceAll(/"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\d{16,}(?![\d.eE])/g, (match) =>
    match.startsWith('"') ? match : `"${match}"`,
  )
