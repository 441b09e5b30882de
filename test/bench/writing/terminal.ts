import type { Table } from '../findings.ts'
import type { Kept } from '../kept.ts'
import { sections } from '../sections.ts'

/** All tables, with the table of targets at the end. */
export function printed(measured: readonly Kept[]): string[] {
  const targets: Table = {
    title: 'Targets',
    head: ['', 'Target', 'Wanted', 'Measured'],
    rows: measured.flatMap(({ findings }) =>
      findings.targets.map(({ name, wanted, measured: found, isReached }) => [
        isReached ? 'reached' : 'NOT reached',
        name,
        wanted,
        found,
      ]),
    ),
  }
  return [
    ...measured.flatMap(({ name, findings }) => [
      '',
      `== ${sections[name]?.title ?? name}`,
      ...findings.tables.filter(({ isDetail }) => isDetail !== true).flatMap(textOf),
    ]),
    ...textOf(targets),
    '',
  ]
}

/** A table as lines of text. */
export function textOf({ title, head, rows, notes = [] }: Table): string[] {
  const all = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const written = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const [first = '', ...others] = written
  return ['', title, first, widths.map((each) => '-'.repeat(each)).join('  '), ...others, ...notes]
}
