type Cell = string | number

/**
 * Formats a table: one line of headings, then one line for each row. Columns of numbers are aligned to the right. Lines
 * have no trailing blanks.
 */
export function columns(headings: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = [headings, ...rows].map((row) => row.map(String))
  const widths = headings.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)))
  const numeric = headings.map((_, column) => rows.every((row) => typeof row[column] === 'number'))
  return texts.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0
        return numeric[column] === true ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
}

/**
 * Formats a text after its label. Breaks the text at blanks so that lines fit into `width` characters, and indents all
 * lines by `column` characters.
 */
export function labelled(label: string, text: string, { width, column }: { width: number; column: number }): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && column + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((each, index) => `${(index === 0 ? label : '').padEnd(column)}${each}`)
}
