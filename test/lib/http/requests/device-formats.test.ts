import { expect, test } from 'vitest'
import { chooseFormat } from '../../../../lib/http/requests/device-formats.ts'

test.each([
  [undefined, 'json'],
  ['', 'json'],
  ['  ', 'json'],
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['text/csv', 'csv'],
  ['text/*', 'csv'],
  ['application/x-ndjson', 'ndjson'],
  ['Text/CSV; charset=utf-8', 'csv'],
  ['text/csv, application/json', 'csv'],
  ['application/json;q=0.5, text/csv', 'csv'],
  ['application/json;q=0.5, text/csv;q=0.4', 'json'],
  ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
  ['text/html, text/csv;q=0.1', 'csv'],
  ['text/csv;q=0, application/x-ndjson;q=0.2', 'ndjson'],
  ['application/x-ndjson;version=1;q=0.9, application/json;q=0.8', 'ndjson'],
])('the header Accept: %s selects %s', (accept, format) => {
  expect(chooseFormat(accept)).toBe(format)
})

test.each(['text/html', 'application/xml, image/png', 'text/csv;q=0', 'constructor', '__proto__', ',', 'csv'])(
  'the header Accept: %s is answered with 406 and the available formats',
  (accept) => {
    expect(() => chooseFormat(accept)).toThrow('application/json, text/csv or application/x-ndjson')
  },
)
