import type { Outcome } from './scenario.ts'

/** The table at the end of the demo, and a line with the number of scenarios that were as expected. */
export function summary(outcomes: readonly Outcome[]): string[] {
  const rows = outcomes.map(({ scenario, seconds, failure }) => [
    scenario.name,
    failure === undefined ? scenario.shows : `FAILED: ${failure[0] ?? ''}`,
    seconds.toFixed(1),
  ])
  const header = ['Scenario', 'What was shown', 'Seconds']
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
  const expected = outcomes.filter(({ failure }) => failure === undefined).length
  return [
    line(header),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map(line),
    '',
    `demo: ${expected} of ${outcomes.length} scenarios as expected`,
  ]
}
