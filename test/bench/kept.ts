import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Findings, Mode } from './findings.ts'

/** The results of a section with their time. They are kept, so that one section can be measured again alone. */
export type Kept = { name: string; mode: Mode; at: string; findings: Findings }

const fileOf = (folder: string, name: string, mode: Mode): string => join(folder, 'found', `${name}.${mode}.json`)

export function keep(folder: string, kept: Kept): Kept {
  mkdirSync(join(folder, 'found'), { recursive: true })
  writeFileSync(fileOf(folder, kept.name, kept.mode), JSON.stringify(kept))
  return kept
}

export function keptOf(folder: string, name: string, mode: Mode): Kept[] {
  const file = fileOf(folder, name, mode)
  return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as Kept] : []
}

/** A section that failed now does not show earlier results. */
export const forget = (folder: string, name: string, mode: Mode): void =>
  rmSync(fileOf(folder, name, mode), { force: true })
