import { ProblemError } from '../problem.ts'

/** Chooses JSON or CSV by the `Accept` header, JSON by default. Throws a `not-acceptable` problem. */
export function chooseTableFormat(accept = ''): 'json' | 'csv' {
  for (const type of accept.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase())) {
    if (type === 'text/csv' || type === 'text/*') return 'csv'
    if (type === 'application/json' || type === 'application/*' || type === '*/*' || type === '') return 'json'
  }
  throw new ProblemError('not-acceptable', { detail: 'application/json or text/csv' })
}
