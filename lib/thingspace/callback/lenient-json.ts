/**
 * Parses JSON and accepts two harmless defects: a byte order mark or blanks around it, and unescaped control characters
 * in strings. Throws a SyntaxError for any other text. Other defects, such as a trailing comma, may be traces of a lost
 * member.
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

/** Escapes control characters inside strings, in one pass. Returns `undefined` if there are none. */
function withEscapedControls(json: string): string | undefined {
  let escaped = ''
  let at = 0
  let isInString = false
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index)
    if (code === quote) isInString = !isInString
    else if (isInString && code === backslash) index += 1
    else if (isInString && code < firstPrintable) {
      escaped += `${json.slice(at, index)}\\u${code.toString(16).padStart(4, '0')}`
      at = index + 1
    }
  }
  return at === 0 ? undefined : escaped + json.slice(at)
}
