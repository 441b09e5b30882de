import { expect, test } from 'vitest'
import { csvCell } from '../../../../lib/http/requests/csv-cell.ts'

test.each([
  ['plain', 'plain'],
  ['a=b', 'a=b'],
  ['with, comma', '"with, comma"'],
  ['x; y', '"x; y"'],
  [undefined, ''],
  [-5, "'-5"],
  ['=1+1', "'=1+1"],
  ['\uFF1D1+1', "'\uFF1D1+1"],
  ['\uFF0B1', "'\uFF0B1"],
  ['\uFF0D1', "'\uFF0D1"],
  ['\uFF20SUM(A1)', "'\uFF20SUM(A1)"],
  ['\u22121', "'\u22121"],
  [' =1', " '=1"],
  ['\u200B=1', "\u200B'=1"],
  ['\u00A0@x', "\u00A0'@x"],
  ['"=1"', `"""'=1"""`],
  ['x;=1', `"x;'=1"`],
  ['x; =1', `"x; '=1"`],
  ['x;"=1"', `"x;""'=1"""`],
  ['x\t=1', `"x\t'=1"`],
  ['x\n=1', `"x\n'=1"`],
  ['x\r\n+1', `"x\r\n'+1"`],
  ['x;\uFF1D1', `"x;'\uFF1D1"`],
])('the CSV cell %j is written as %j', (value, cell) => {
  expect(csvCell(value)).toBe(cell)
})

test('no part of a CSV cell begins a formula, however the cell is split', () => {
  const signs = ['=', '+', '-', '@', '\uFF1D', '\uFE66']
  for (const end of ['', ';', '\t', '\n', '\r', 'x;', ';;', '; ;']) {
    for (const sign of signs) {
      const parts = csvCell(`${end}${sign}cmd`).split(/[;\t\r\n]/)
      expect(parts.filter((part) => signs.includes(part.replaceAll(/^[\s"]+/g, '').charAt(0)))).toEqual([])
    }
  }
})
