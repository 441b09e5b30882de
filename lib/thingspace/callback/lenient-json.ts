/**
 * Parses JSON as senders write it: a byte order mark and blanks around it, and control characters inside its strings that
 * should have been escaped. Such a text has one meaning only. Throws a SyntaxError for anything else that is no JSON: a
 * comma too many may be all that is left of a lost member.
 */
export function parseLenient(text: string): unknown {
  const json = text.trim()
  try {
    return JSON.parse(json)
  } catch (error) {
    const escaped = withEscapedControls(json)
    if (escaped === undefined) throw error
    return JSON.parse(escaped)
  }
}

const quote = 0x22
const backslash = 0x5c
const firstPrintable = 0x20

/** Escapes the control characters inside strings, in one pass; nothing if there are none. Between tokens they stay. */
function withEscapedControls(json: string): string | undefined {
  const parts: string[] = []
  let at = 0
  let isInString = false
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index)
    if (code === quote) isInString = !isInString
    else if (isInString && code === backslash) index += 1
    else if (isInString && code < firstPrintable) {
      parts.push(json.slice(at, index), `\\u${code.toString(16).padStart(4, '0')}`)
      at = index + 1
    }
  }
  return parts.length === 0 ? undefined : [...parts, json.slice(at)].join('')
}
