import { expect, test } from 'vitest'
import { parseLenient } from '../../../lib/thingspace/callback/lenient-json.ts'

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

test('parseLenient reads a megabyte of line breaks and backslashes within a second', () => {
  const startedAt = performance.now()

  expect(parseLenient(`{"a":"${'\n\\\\'.repeat(350_000)}"}`)).toEqual({ a: '\n\\'.repeat(350_000) })
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
