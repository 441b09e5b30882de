const quoted = /[",;\t\r\n]/

/** Characters that begin a formula in a spreadsheet, in every Unicode width. */
const formulaSigns = new Set('=+-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212')
/** Characters that a spreadsheet may treat as the end of a cell. European ones split at semicolons. */
const cellEnds = new Set(';\t\r\n')
/** Whether spreadsheets skip a character at the beginning of a cell. */
const isSkipped = (character: string): boolean => character === '"' || /\s|\p{Cf}/u.test(character)

/** Writes a cell by RFC 4180. Puts an apostrophe before a character that would begin a formula in a spreadsheet. */
export function csvCell(value: string | number | null | undefined): string {
  const text = withoutFormulas(String(value ?? ''))
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Writes a line of cells by RFC 4180. */
export const csvLine = (values: readonly (string | number | null | undefined)[]): string =>
  `${values.map(csvCell).join(',')}\r\n`

function withoutFormulas(text: string): string {
  let safe = ''
  let atBeginning = true
  for (const character of text) {
    if (atBeginning && formulaSigns.has(character)) safe += "'"
    atBeginning = cellEnds.has(character) || (atBeginning && isSkipped(character))
    safe += character
  }
  return safe
}
