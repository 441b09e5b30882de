import { expect, test } from 'vitest'
import { parseLenient } from '../../../lib/thingspace/callback/lenient-json.ts'
import { cpuMilliseconds } from '../../cpu-milliseconds.ts'

test.each([
  ['a byte order mark and blanks around it', '\ufeff \r\n{"a":"b"}\r\n\t', { a: 'b' }],
  ['a line break in a string', '{"a":"b\r\nc"}', { a: 'b\r\nc' }],
  ['a tab in a name', '{"a\tb":1}', { 'a\tb': 1 }],
  [
    'control characters between tokens too',
    '{\n\t"a": "b\u0001c",\r\n"d": ["\u0000"]}',
    { a: 'b\u0001c', d: ['\u0000'] },
  ],
  ['an escaped quote before one', '{"a":"say \\"no\\"\nthen \\\\"}', { a: 'say "no"\nthen \\' }],
])('parseLenient reads JSON with %s', (_what, text, value) => {
  expect(parseLenient(text)).toEqual(value)
})

test.each([
  ['a comma too many', '{"a":"b\n",}'],
  ['a control character outside of strings', '{"a":\u0001"b"}'],
  ['a line break behind a backslash, which may have been meant as either', '{"a":"b\\\nc"}'],
  ['a string that does not end', '{"a":"b\n'],
  ['no JSON', 'hello\n'],
  ['nothing', ''],
])('parseLenient refuses ambiguous or malformed JSON: %s', (_what, text) => {
  expect(() => parseLenient(text)).toThrow(SyntaxError)
})

test('parseLenient reads line breaks and backslashes in a time proportional to their number', () => {
  const text = `{"a":"${'\n\\\\'.repeat(350_000)}"}`

  expect(parseLenient(text)).toEqual({ a: '\n\\'.repeat(350_000) })
  // A quadratic pass would take minutes.
  expect(cpuMilliseconds(() => parseLenient(text))).toBeLessThan(3000)
})
