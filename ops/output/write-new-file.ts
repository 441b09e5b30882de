import { writeFile } from 'node:fs/promises'
import { UsageError } from '../outcome.ts'

/** Writes a new file. Refuses an existing one, because it keeps its mode and may be a link to another place. */
export async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`${file} exists already. Name another file or remove it.`)
    throw error
  }
}
