import { parseLenient } from './lenient-json.ts'

/** Most encodings that may be wrapped around a message. */
const mostLayers = 3
/** Most pairs of a form. A callback has about a dozen members. */
const mostPairs = 100

/**
 * Yields the JSON texts that a body may encode, the most likely first. Known encodings are JSON, JSON without its first
 * brace (seen in production), JSON encoded as a JSON string with or without quotes, a form, and JSON in single quotes.
 * Each text is a candidate: the caller accepts the first that parses as a whole. Takes linear time.
 */
export function* jsonTextsIn(body: string, layers = mostLayers): Generator<string> {
  const first = body.charAt(0)
  if (first === '"') yield `{${body}`
  if (first === '{' || first === '[') yield body
  for (const inner of layers > 0 ? innerTexts(body, first) : []) yield* jsonTextsIn(inner.trim(), layers - 1)
  // A body that parses as other JSON is at least known not to be an object.
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
    // The body is not in this encoding.
  }
}

/**
 * Yields the JSON texts that a form may encode. In general, each pair is a member, whose value may be JSON. In a form
 * with one JSON object (`payload={...}`), that object is the message. A single name without a value is JSON that was
 * sent with the content type of a form.
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
 * Rewrites single-quoted strings with double quotes and Python's three constants as JSON. Leaves double-quoted strings
 * unchanged. An ambiguous text does not parse afterwards.
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
