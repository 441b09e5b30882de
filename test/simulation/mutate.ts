import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Edit, Mutant } from './mutants.ts'

const root = join(import.meta.dirname, '../..')

/** Makes files of the real code load with a bug. Call it before any import of those files. */
export function mutate(mutant: Mutant): void {
  for (const edit of [mutant, ...(mutant.also ?? [])]) replaceIn(edit, mutant.name)
}

function replaceIn({ file, from, to }: Edit, name: string): void {
  const target = pathToFileURL(join(root, file)).href
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url !== target) return loaded
      const text =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
      const found = text.split(from).length - 1
      if (found !== 1) throw new Error(`the mutant "${name}" is stale: its text occurs ${found} times in ${file}`)
      return { ...loaded, source: text.replace(from, () => to) }
    },
  })
}
