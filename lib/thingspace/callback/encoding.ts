import { parseLenient } from './lenient-json.ts'

/** How often a message may be wrapped in another encoding of itself. */
const mostLayers = 3
/** A callback has a dozen members. */
const mostPairs = 100

/**
 * The JSON texts that a body may stand for, the most likely first. Known are: JSON; JSON without its first brace (seen in
 * production); JSON that was encoded as a JSON string, with or without its quotes; a form; JSON in single quotes. Each
 * text is only a candidate: the caller accepts it if it parses as a whole. A few passes over the body, whatever it holds.
 */
export function* jsonTextsIn(body: string, layers = mostLayers): Generator<string> {
  const first = body.charAt(0)
  if (first === '"') yield `{${body}`
  if (first === '{' || first === '[') yield body
  for (const inner of layers > 0 ? innerTexts(body, first) : []) yield* jsonTextsIn(inner.trim(), layers - 1)
  // Whatever else parses as JSON is at least known not to be an object.
  if (first !== '{' && first !== '[') yield body
}

function* innerTexts(body: string, first: string): Generator<string> {
  if (first === '"') yield* stringIn(body)
  else if (body.startsWith('{\\"') || body.startsWith('[{\\"')) yield* stringIn(`"${body}"`)
  else if (body.startsWith("{'") || body.startsWith("[{'")) yield withDoubleQuotes(body)
  else if (/^[\w.%[\]-]{1,200}=/.test(body) || /^%7b/i.test(body)) yield* textsInForm(body)
}

function* stringIn(json: string): Generator<string> {
  try {
    const inner = parseLenient(json)
    if (typeof inner === 'string') yield inner
  } catch {
    // No string: not in this encoding.
  }
}

/**
 * A form: each pair a member, JSON where its value is JSON. A form whose one JSON object is the message (`payload={...}`)
 * stands for that object; and one without a value is JSON that was sent with a form's content type.
 */
function* textsInForm(body: string): Generator<string> {
  if (body.split('&', mostPairs + 1).length > mostPairs) return
  const pairs = [...new URLSearchParams(body)]
  const [only] = pairs
  if (pairs.length === 1 && only !== undefined && only[0].trimStart().startsWith('{') && only[1] === '') yield only[0]
  const objects = pairs.filter(([, value]) => value.trimStart().startsWith('{'))
  const [object] = objects
  const isNamed = pairs.some(([name]) => name.toLowerCase() === 'requestid')
  if (objects.length === 1 && object !== undefined && !isNamed) {
    const beside = pairs.filter((pair) => pair !== object).map(asMember)
    yield [object[1].trim().replace(/\}$/, ''), ...beside].join(',') + '}'
  }
  yield `{${pairs.map(asMember).join(',')}}`
}

const asMember = ([name, value]: readonly [string, string]): string => {
  const isJson = /^\s?[[{]/.test(value) && isParsable(value)
  return `${JSON.stringify(name)}:${isJson ? value : JSON.stringify(value)}`
}

function isParsable(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Writes single-quoted strings with double quotes, and Python's three constants as JSON's. Text in double quotes is left
 * alone. What was ambiguous does not parse afterwards.
 */
const withDoubleQuotes = (text: string): string =>
  text.replaceAll(
    /"(?:[^"\\]|\\[^])*(?:"|\\?$)|'((?:[^'\\]|\\[^])*)(?:'|\\?$)|\b(?:None|True|False)\b/g,
    (token, inner?: string) =>
      inner === undefined
        ? (constants.get(token) ?? token)
        : `"${inner.replaceAll(/\\[^]|"/g, (part) => (part === '"' ? '\\"' : part === "\\'" ? "'" : part))}"`,
  )

const constants: ReadonlyMap<string, string> = new Map([
  ['None', 'null'],
  ['True', 'true'],
  ['False', 'false'],
])
