import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../deploy/esbuild-options.ts'
import type { StormFindings } from './kinds/storm.ts'
import type { Ran } from './run-all.ts'
import { type SectionName, sectionNames } from './sections.ts'

const folder = join(projectRoot, '.bench', 'storms')
const fileOf = (name: SectionName): string => join(folder, `${name}.json`)

/** Keeps the results of storms at full size, so that the page can be written again without another run. */
export function keepStorms(ran: readonly Ran[]): void {
  mkdirSync(folder, { recursive: true })
  for (const { name, findings } of ran) writeFileSync(fileOf(name), JSON.stringify(findings))
}

/** The last results of every storm. Throws if one was never run at full size. */
export const keptStorms = (): Ran[] =>
  sectionNames.map((name) => ({ name, findings: JSON.parse(readFileSync(fileOf(name), 'utf8')) as StormFindings }))
