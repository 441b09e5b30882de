import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Mutant } from './mutants.ts'

const root = join(import.meta.dirname, '../..')

/** Has one file of the real code load with a bug in it; call it before anything that imports that file. */
export function mutate({ name, file, from, to }: Mutant): void {
  const target = pathToFileURL(join(root, file)).href
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url !== target) return loaded
      const text =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
      const found = text.split(from).length - 1
      if (found !== 1) throw new Error(`the mutant "${name}" is stale: its text stands ${found} times in ${file}`)
      return { ...loaded, source: text.replace(from, () => to) }
    },
  })
}
