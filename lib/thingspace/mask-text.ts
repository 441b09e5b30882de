import { isSecretName } from './secret-names.ts'

/** What a credential's value is replaced by. */
const removed = '[removed]'

/** A text without any of these holds no credential that could be told from other words. */
const suspicious = /[:=>%&]|\\u00|(?:bearer|basic)\s/i
const longRun = /(?<![\w+/=-])[\w+/=-]{40}/

/**
 * A text of any format without its credentials: the values behind secret names, what follows `Bearer` and `Basic`, and
 * encoded runs that hold a secret name. Everything else stays, so that the text can be read again. Encodings that could
 * hide a name are undone first. The work grows linearly with the text.
 */
export function maskText(text: string): string {
  if (!suspicious.test(text) && !longRun.test(text)) return text
  return maskSchemes(maskRuns(maskMembers(withPlainLetters(text))))
}

/** Undoes escapes of single letters (`\u0070`, `%70`, `&#112;`, and escapes of those), which change no text's meaning. */
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
/** From a name to its value: quotes and blanks around a separator, plain or escaped. */
const separator =
  /(?:\\{1,9}u002[027]|[\s"'\\\]]|%2[027]|%5D|&quot;|&apos;|&#3[49];){0,60}(?:=>|[:=>]|%3[ADE]|\\{1,9}u003[ade])/iy
const quoted = /\\{0,9}["']/y
const blanks = /(?:\s|\+|%20){0,60}/iy

/** Replaces the values of members with secret names, whatever the format. */
function maskMembers(text: string): string {
  const parts: string[] = []
  let at = 0
  name.lastIndex = 0
  for (let match = name.exec(text); match !== null; match = name.exec(text)) {
    const behind = match.index + match[0].length
    const start = isSecretName(match[0].slice(-100)) ? valueAt(text, behind) : undefined
    if (start === undefined) continue
    const value = extentOf(text, start)
    // A bare value beside a quoted name is JSON's: what stands in its place is quoted, so that it can be parsed again.
    quoted.lastIndex = behind
    const mark = value.opening === '' ? (quoted.exec(text)?.[0] ?? '') : ''
    parts.push(text.slice(at, start), value.opening, mark, removed, mark)
    at = value.end
    name.lastIndex = at
  }
  return at === 0 ? text : [...parts, text.slice(at)].join('')
}

/** Where the value of a name that ends here begins, if a separator follows. */
function valueAt(text: string, from: number): number | undefined {
  separator.lastIndex = from
  if (!separator.test(text)) return undefined
  blanks.lastIndex = separator.lastIndex
  return blanks.test(text) ? blanks.lastIndex : separator.lastIndex
}

const openingQuote = /(\\*)(["'])|\\{1,9}u002[27]|%22|%27|&quot;|&apos;|&#3[49];/iy
const bareEnd = /[\s,;&<>"'\\)}\]]|%2[0267C]|%7D|$/gi

type Extent = { opening: string; end: number }

/** How far a value goes. What does not end before the text does is a value to its end. */
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
  if (quote !== undefined) return { opening, end: endOfQuoted(text, from, quote, backslashes?.length ?? 0) }
  const end = text.toLowerCase().indexOf(opening.toLowerCase(), from)
  return { opening, end: end === -1 ? text.length : end }
}

/** The index of the first backslash, or else the quote, that ends a quoted value which was opened behind `depth` backslashes. */
function endOfQuoted(text: string, from: number, quote: string, depth: number): number {
  let backslashes = 0
  for (let index = from; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '\\') backslashes += 1
    else {
      // A quote behind fewer backslashes ends an outer text; behind more it is part of this one.
      const ends = character === quote && (backslashes < depth || backslashes % (2 * (depth + 1)) === depth)
      if (ends) return index - Math.min(backslashes, depth)
      backslashes = 0
    }
  }
  return text.length
}

/** The index behind the bracket that closes the one at `start`; brackets in double quotes do not count. */
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

/** Base64 that holds a secret's name, at whichever of its four offsets it was begun. */
const maskRuns = (text: string): string =>
  text.replaceAll(/(?<![\w+/=-])[\w+/=-]{40,}/g, (run) =>
    [0, 1, 2, 3].some((offset) => holdsName(run.slice(offset))) ? removed : run,
  )

const holdsName = (run: string): boolean =>
  /user-?name|passw|pwd|secret|token|credential/i.test(Buffer.from(run, 'base64').toString('latin1'))
