import { isSecretName } from './secret-names.ts'

/** Replaces the value of a credential. */
const removed = '[removed]'

/** A text without any of these, and without a long run, holds no recognisable credential. */
const suspicious = /[:=>%&]|\\u00|(?:bearer|basic)\s/i
const longRun = /(?<![\w+/=-])[\w+/=-]{40}/

/**
 * Masks the credentials in a text of any format: values of members with secret names, tokens after `Bearer` and
 * `Basic`, and encoded runs that contain a secret name. The rest of the text stays, except that escaped letters are
 * decoded first, because they could hide a name. Takes linear time.
 */
export function maskText(text: string): string {
  if (!suspicious.test(text) && !longRun.test(text)) return text
  return maskSchemes(maskRuns(maskMembers(withPlainLetters(text))))
}

/**
 * Decodes escaped letters (`\u0070`, `%70`, `&#112;`, and escapes of those). This does not change the meaning of a
 * text.
 */
function withPlainLetters(text: string): string {
  return text
    .replaceAll(/(?<!\\)\\+u00([46][1-9a-f]|[57][0-9a])/gi, (_escape, code: string) => letter(code, 16))
    .replaceAll(/%(?:25){0,4}([46][1-9a-f]|[57][0-9a])/gi, (_escape, code: string) => letter(code, 16))
    .replaceAll(/&(?:amp;){0,4}#x0{0,6}([46][1-9a-f]|[57][0-9a]);?/gi, (_escape, code: string) => letter(code, 16))
    .replaceAll(/&(?:amp;){0,4}#0{0,6}(\d{2,3});?/g, (escape, code: string) => letter(code, 10, escape))
}

function letter(code: string, base: number, otherwise = ''): string {
  const character = String.fromCharCode(Number.parseInt(code, base))
  return /[a-z]/i.test(character) ? character : otherwise
}

const name = /[A-Za-z][A-Za-z0-9_.-]*/g
/** Matches from the end of a name to its value: a separator with quotes and blanks, plain or escaped. */
const separator =
  /(?:\\{1,9}u002[027]|[\s"'\\\]]|%2[027]|%5D|&quot;|&apos;|&#3[49];){0,60}(?:=>|[:=>]|%3[ADE]|\\{1,9}u003[ade])/iy
const quoted = /\\{0,9}["']/y
const blanks = /(?:\s|\+|%20){0,60}/iy

/** Masks the values of members with secret names, in any format. */
function maskMembers(text: string): string {
  const parts: string[] = []
  let at = 0
  name.lastIndex = 0
  for (let match = name.exec(text); match !== null; match = name.exec(text)) {
    const behind = match.index + match[0].length
    const start = isSecretName(match[0].slice(-100)) ? valueAt(text, behind) : undefined
    if (start === undefined) continue
    const value = extentOf(text, start)
    // A bare value after a quoted name is JSON. Quote its replacement, so that the text can still be parsed.
    quoted.lastIndex = behind
    const mark = value.opening === '' ? (quoted.exec(text)?.[0] ?? '') : ''
    parts.push(text.slice(at, start), value.opening, mark, removed, mark)
    at = value.end
    name.lastIndex = at
  }
  return at === 0 ? text : [...parts, text.slice(at)].join('')
}

/** The index where the value of a name begins, if a separator follows the name. */
function valueAt(text: string, from: number): number | undefined {
  separator.lastIndex = from
  if (!separator.test(text)) return undefined
  blanks.lastIndex = separator.lastIndex
  return blanks.test(text) ? blanks.lastIndex : separator.lastIndex
}

const openingQuote = /(\\*)(["'])|\\{1,9}u002[27]|%22|%27|&quot;|&apos;|&#3[49];/iy
const bareEnd = /[\s,;&<>"'\\)}\]]|%2[0267C]|%7D|$/gi

type Extent = { opening: string; end: number }

/** Finds the end of a value. A value without an end extends to the end of the text. */
function extentOf(text: string, start: number): Extent {
  const first = text.charAt(start)
  if (first === '{' || first === '[') return { opening: '', end: endOfBrackets(text, start) }
  openingQuote.lastIndex = start
  const [opening = '', backslashes, quote] = openingQuote.exec(text) ?? []
  if (opening === '') {
    bareEnd.lastIndex = start
    return { opening, end: bareEnd.exec(text)?.index ?? text.length }
  }
  const from = start + opening.length
  if (quote !== undefined) return { opening, end: endOfQuoted(text, { from, quote, depth: backslashes?.length ?? 0 }) }
  const end = text.toLowerCase().indexOf(opening.toLowerCase(), from)
  return { opening, end: end === -1 ? text.length : end }
}

/**
 * The index where a quoted value ends, at its quote or the first backslash before it. `depth` backslashes opened it.
 */
function endOfQuoted(text: string, { from, quote, depth }: { from: number; quote: string; depth: number }): number {
  let backslashes = 0
  for (let index = from; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '\\') backslashes += 1
    else {
      // A quote after fewer backslashes ends an outer text. After more, it is part of this one.
      const ends = character === quote && (backslashes < depth || backslashes % (2 * (depth + 1)) === depth)
      if (ends) return index - Math.min(backslashes, depth)
      backslashes = 0
    }
  }
  return text.length
}

/** The index after the bracket that closes the one at `start`. Ignores brackets in double quotes. */
function endOfBrackets(text: string, start: number): number {
  let depth = 0
  let isQuoted = false
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '\\') index += 1
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '{' || character === '[') depth += 1
    else if ((character === '}' || character === ']') && (depth -= 1) === 0) return index + 1
  }
  return text.length
}

const maskSchemes = (text: string): string =>
  text.replaceAll(/\b(bearer|basic)(\s{1,20}|%20|\+)[\w.~+/=-]{8,}/gi, `$1$2${removed}`)

/** Masks Base64 runs that contain a secret name, at any of the four offsets. */
const maskRuns = (text: string): string =>
  text.replaceAll(/(?<![\w+/=-])[\w+/=-]{40,}/g, (run) =>
    [0, 1, 2, 3].some((offset) => holdsName(run.slice(offset))) ? removed : run,
  )

const holdsName = (run: string): boolean =>
  /user-?name|passw|pwd|secret|token|credential/i.test(Buffer.from(run, 'base64').toString('latin1'))
