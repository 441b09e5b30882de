import { expect, test } from 'vitest'
import { CancelBody, RetryBody } from '../../../lib/http/requests/decide.ts'
import { HistoryQuery } from '../../../lib/http/requests/device-history.ts'
import { RequestsQuery } from '../../../lib/http/requests/list-requests.ts'
import { readParameters } from '../../../lib/http/parameters.ts'
import { ProblemError } from '../../../lib/http/problem.ts'
import { DevicesQuery } from '../../../lib/http/requests/show-devices.ts'

const errorsOf = (schema: Parameters<typeof readParameters>[0], values: unknown) => {
  try {
    readParameters(schema, values)
  } catch (error) {
    if (error instanceof ProblemError) return error.members.errors
    throw error
  }
  return undefined
}

test.each([
  {
    schema: RequestsQuery,
    values: { createdAfter: 'yesterday' },
    pointer: '?createdAfter',
    detail: 'expected a date and time with a time zone, such as 2026-11-22T09:00:00Z',
  },
  {
    schema: RequestsQuery,
    values: { status: 'done' },
    pointer: '?status',
    detail: expect.stringMatching(/^expected one of queued, submitting, /),
  },
  { schema: RequestsQuery, values: { limit: 'many' }, pointer: '?limit', detail: 'expected a number, such as 50' },
  { schema: HistoryQuery, values: { limit: '1.5' }, pointer: '?limit', detail: 'expected a whole number, such as 50' },
  { schema: DevicesQuery, values: { limit: '0' }, pointer: '?limit', detail: 'expected more than 0' },
  {
    schema: RequestsQuery,
    values: { accountName: '' },
    pointer: '?accountName',
    detail: 'expected a string of 1 to 64 characters, such as "0000123456-00001"',
  },
  {
    schema: RetryBody,
    values: { submissions: '0' },
    pointer: '?submissions',
    detail: 'expected an array, such as [0, 100]',
  },
  {
    schema: CancelBody,
    values: { abandonUnconfirmed: 'yes' },
    pointer: '?abandonUnconfirmed',
    detail: 'expected true or false',
  },
])('the query $values is refused with the expected values', ({ schema, values, pointer, detail }) => {
  expect(errorsOf(schema, values)).toEqual([{ pointer, code: 'invalid', detail }])
})

test('no message comes from the validator itself', () => {
  const wrong = [undefined, null, 1, 'x', [], {}, true, Number.NaN]
  for (const schema of [RequestsQuery, HistoryQuery, DevicesQuery, RetryBody, CancelBody]) {
    for (const name of Object.keys(schema.shape)) {
      for (const value of wrong) {
        const details = errorsOf(schema, { [name]: value })?.map(({ detail }) => detail) ?? []
        expect(details.filter((detail) => /^Invalid|received|undefined/.test(detail))).toEqual([])
      }
    }
  }
})
