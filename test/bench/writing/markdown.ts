import type { Cell, Table } from '../findings.ts'

/** A table with its title and notes. */
export const tableIn = ({ title, head, rows, notes = [] }: Table): string =>
  [`**${title}**`, rowsIn(head, rows), ...notes].join('\n\n')

/** The rows of a table. Columns of numbers are aligned to the right. */
export function rowsIn(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, column) => (column > 0 && rows.every((row) => isNumeric(row[column])) ? '---:' : '---'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

const isNumeric = (cell: Cell | undefined): boolean => typeof cell === 'number' || /^[-\d]/.test(cell ?? '')
