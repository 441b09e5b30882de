const quoted = /[",;\t\r\n]/

/** What spreadsheets run as a formula when a cell begins with it, in every width in which it can be written. */
const formulaSigns = new Set('=+-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212')
/** What a spreadsheet may take for the end of a cell, whatever the file says: European ones split at semicolons. */
const cellEnds = new Set(';\t\r\n')
/** What spreadsheets skip at the beginning of a cell. */
const isSkipped = (character: string): boolean => character === '"' || /\s|\p{Cf}/u.test(character)

/** A cell as RFC 4180 has it. An apostrophe stands before a sign that a spreadsheet would begin a formula with. */
export function csvCell(value: string | number | null | undefined): string {
  const text = withoutFormulas(String(value ?? ''))
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

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
