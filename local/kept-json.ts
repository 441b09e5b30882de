import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type * as z from 'zod'
import { StartError } from './start-error.ts'

/** Reads a JSON file of the data folder. Returns undefined if it does not exist. Throws `StartError` if it is invalid. */
export function readKept<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new StartError(`The file ${file} cannot be read. Remove it, or set another LOCAL_DATA.`)
  }
}

/** Replaces a JSON file of the data folder atomically, so a killed process leaves the old content. */
export function writeKept(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
