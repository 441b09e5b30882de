import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { projectRoot } from '../../../deploy/esbuild-options.ts'
import type { Kept } from '../kept.ts'
import { sections } from '../sections.ts'
import { machineRows } from './machine.ts'
import { rowsIn, tableIn } from './markdown.ts'

const name = 'docs/performance.md'
const file = join(projectRoot, name)
const pictures = join(projectRoot, 'docs/performance')

/** The text between these lines is written by hand, and the bench does not change it. */
const handBegins = '<!-- written by hand: the bench keeps what is between these two lines -->'
const handEnds = '<!-- end of what is written by hand -->'
const nothingByHand = `\n## What was tried and rejected\n\nNothing yet.\n`

const introduction = `# Performance

Written by \`npm run bench -- --full\`. Only the section on rejected ideas is written by hand.

All values are counts, or ratios of variants that alternated in one run. Milliseconds are those of one machine on the loopback
interface and do not predict the times of Lambda, DynamoDB or ThingSpace. Times are medians with their quartiles. The A/A rows measure
one variant twice and show the noise. [scaling.md](scaling.md) shows what up to a million devices in a day do to the limits of AWS.
`

const onlyQuick = `**Measured in quick mode: few samples, on a machine with other work. Do not quote these figures.**
`

/** Writes the document and its pictures, and returns its name. */
export async function writeDocument(kept: readonly Kept[]): Promise<string> {
  mkdirSync(pictures, { recursive: true })
  for (const { findings } of kept) {
    for (const { file: picture, svg } of findings.plots) writeFileSync(join(pictures, picture), svg)
  }
  const text = [
    introduction,
    ...(kept.some(({ mode }) => mode === 'quick') ? [onlyQuick] : []),
    ...missingIn(kept),
    targetsIn(kept),
    ...kept.map(sectionIn),
    `${handBegins}\n${writtenByHand()}\n${handEnds}\n`,
    machineIn(kept),
  ].join('\n')
  const style = (await resolveConfig(file)) ?? {}
  writeFileSync(file, await format(text, { ...style, parser: 'markdown' }))
  return name
}

function missingIn(kept: readonly Kept[]): string[] {
  const missing = Object.entries(sections).filter(([section]) => !kept.some((each) => each.name === section))
  return missing.length === 0 ? [] : [`**Not measured: ${missing.map(([, { title }]) => title).join('; ')}.**\n`]
}

function writtenByHand(): string {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const from = old.indexOf(handBegins)
  const to = old.indexOf(handEnds)
  return from < 0 || to < from ? nothingByHand : old.slice(from + handBegins.length, to)
}

function targetsIn(kept: readonly Kept[]): string {
  const rows = kept.flatMap(({ findings }) =>
    findings.targets.map(({ name: target, wanted, measured, isReached }) => [
      target,
      wanted,
      measured,
      isReached ? 'yes' : '**no**',
    ]),
  )
  return `## Targets\n\n${rowsIn(['Target', 'Limit', 'Measured', 'Reached'], rows)}`
}

const sectionIn = ({ name: section, findings }: Kept): string =>
  [
    `## ${sections[section]?.title ?? section}`,
    ...findings.method,
    ...findings.tables.map(tableIn),
    ...findings.plots.map(({ file: picture, title }) => `![${title}](performance/${picture})`),
  ].join('\n\n')

function machineIn(kept: readonly Kept[]): string {
  const dates = kept.map(({ at }) => at.slice(0, 10)).toSorted()
  const modes = [...new Set(kept.map(({ mode }) => mode))].join(', ')
  const when = [...new Set([dates[0], dates.at(-1)])].join(' to ')
  const rows = [...machineRows(), ['Measured', `${when}, mode ${modes}`] as const]
  return `## Machine\n\n${rowsIn(['Property', 'Value'], rows)}`
}
