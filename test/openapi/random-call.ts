import { fc } from '../properties.ts'
import { arbitraryOf } from './arbitrary.ts'
import { type NamedOperation, operations, type Parameter } from './document.ts'

/** One HTTP call, ready to be sent. `faithful`: everything in it matches the document. */
export type RandomCall = {
  operation: NamedOperation
  faithful: boolean
  path: string
  headers: Record<string, string>
  token: 'good' | 'none' | 'broken' | 'no-scope' | 'other-account'
  body: string | undefined
}

const printable = fc.string({
  maxLength: 300,
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
})
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('-1', '0', '1e999', 'null', '__proto__', 'constructor', '%00', "' OR 1=1", '../..'),
)

/** A text as one segment of a path. Dots alone would change the path. */
const segment = (text: string) => (/^\.{0,2}$/.test(text) ? 'x' : encodeURIComponent(text.toWellFormed()))

const valuesOf = (parameters: readonly Parameter[], faithful: boolean): fc.Arbitrary<Record<string, string>> =>
  fc.record(
    Object.fromEntries(
      parameters.map(({ name, schema }) => {
        const fitting = arbitraryOf(schema).map(String)
        return [name, faithful ? fitting : fc.oneof(fitting, anyText)]
      }),
    ),
    { requiredKeys: parameters.filter(({ required }) => required === true).map(({ name }) => name) },
  )

const isHeader = (text: string) => /^[\x20-\x7e]*$/.test(text)

/** JSON with one change: a member is removed, added or replaced. */
const spoilt = (value: unknown): fc.Arbitrary<unknown> => {
  if (typeof value !== 'object' || value === null) return fc.jsonValue()
  const entries = Object.entries(value)
  const rebuilt = (changed: [string, unknown][]): unknown =>
    Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed)
  return fc.oneof(
    fc
      .tuple(fc.nat(), fc.jsonValue())
      .map(([at, other]) =>
        rebuilt(entries.map((entry, index) => (index === at % entries.length ? [entry[0], other] : entry))),
      ),
    fc.nat().map((at) => rebuilt(entries.filter((_, index) => index !== at % entries.length))),
    fc.tuple(anyText, fc.jsonValue()).map((added) => rebuilt([...entries, added])),
    fc.nat().chain((at) => {
      const chosen = entries[at % Math.max(1, entries.length)]
      return chosen === undefined
        ? fc.jsonValue()
        : spoilt(chosen[1]).map((other) =>
            rebuilt(entries.map((entry) => (entry === chosen ? [entry[0], other] : entry))),
          )
    }),
    fc.jsonValue(),
  )
}

function bodyOf({ requestBody }: NamedOperation, faithful: boolean): fc.Arbitrary<string | undefined> {
  const schema = requestBody?.content['application/json']?.schema
  if (schema === undefined) return fc.constant(undefined)
  const fitting = arbitraryOf(schema)
  if (faithful) return fitting.map((value) => JSON.stringify(value))
  return fc.oneof(
    { weight: 6, arbitrary: fitting.chain(spoilt).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, '', '{', '[[[[', '{"__proto__":{}}', '"\\ud800"', 'NaN') },
  )
}

function callOf(operation: NamedOperation, faithful: boolean): fc.Arbitrary<RandomCall> {
  const of = (place: Parameter['in']) => (operation.parameters ?? []).filter((parameter) => parameter.in === place)
  const once = faithful ? fc.constant({}) : fc.oneof(fc.constant({}), fc.dictionary(anyText, anyText, { maxKeys: 2 }))
  const contentType = faithful
    ? fc.constant('application/json')
    : fc.constantFrom(
        'application/json',
        'application/json',
        'text/plain',
        'application/xml',
        'application/vnd.x+json; charset=utf-8',
        'multipart/form-data',
      )
  const accept = faithful
    ? fc.constant('*/*')
    : fc.oneof(fc.constantFrom('text/csv', 'application/x-ndjson', 'image/png', '*/*;q=0', 'text/*;q=x'), printable)
  const token = faithful
    ? fc.constant('good' as const)
    : fc.constantFrom('good', 'good', 'good', 'good', 'none', 'broken', 'no-scope', 'other-account')
  return fc
    .record({
      path: valuesOf(of('path'), faithful),
      query: valuesOf(of('query'), faithful),
      strays: once,
      headers: valuesOf(of('header'), faithful),
      contentType,
      accept,
      token,
      body: bodyOf(operation, faithful),
    })
    .map((drawn) => {
      const query = new URLSearchParams({ ...drawn.query, ...drawn.strays })
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(drawn.path[name] ?? ''))
      const headers = Object.fromEntries(
        Object.entries({ ...drawn.headers, accept: drawn.accept }).filter(([, text]) => isHeader(text)),
      )
      return {
        operation,
        faithful,
        path: query.size === 0 ? path : `${path}?${query.toString()}`,
        headers: { ...headers, ...(drawn.body === undefined ? {} : { 'content-type': drawn.contentType }) },
        token: drawn.token,
        body: drawn.body,
      }
    })
}

/** Calls of every operation. Half of them match the document. */
export const randomCall: fc.Arbitrary<RandomCall> = fc.oneof(
  ...operations.flatMap((operation) => [callOf(operation, true), callOf(operation, false)]),
)
