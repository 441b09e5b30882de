import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type * as z from 'zod'
import { StartError } from './start-error.ts'

/** Reads a file of the data folder; nothing if it is not there yet. */
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
    throw new StartError(`The file ${file} cannot be read: remove it, or set another LOCAL_DATA.`)
  }
}

/** Replaces a file of the data folder. A process killed in the middle leaves the former content. */
export function writeKept(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
