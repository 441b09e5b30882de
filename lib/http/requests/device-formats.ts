import { ProblemError } from '../problem.ts'

export type Format = 'json' | 'csv' | 'ndjson'

/** A map, because a caller's media type must not be looked up on an object's prototype. */
const formats: ReadonlyMap<string, Format> = new Map([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['text/csv', 'csv'],
  ['text/*', 'csv'],
  ['application/x-ndjson', 'ndjson'],
])

/**
 * Chooses the format by the `Accept` header and its weights. JSON is the default. Throws a `not-acceptable` problem.
 */
export function chooseFormat(accept: string | undefined): Format {
  if (accept === undefined || accept.trim() === '') return 'json'
  const wanted = accept
    .split(',')
    .map((entry) => {
      const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .toSorted((a, b) => b.weight - a.weight)
  for (const { type, weight } of wanted) {
    const format = formats.get(type)
    if (format !== undefined && weight > 0) return format
  }
  throw new ProblemError('not-acceptable', { detail: 'application/json, text/csv or application/x-ndjson' })
}
