import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as esbuild from 'esbuild'
import { type Edit, type Mutant, mutants } from './mutants.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(root, '.bench')
let compiled = 0

/**
 * Writes the code of the jobs, with one mutant's bug if it is named, into one file, and returns its path. Loading that
 * file takes a fraction of the time of loading hundreds of modules. Packages stay outside, so a thread loads them once.
 */
export async function compileCode(mutantName: string | undefined): Promise<string> {
  const mutant = mutants.find(({ name }) => name === mutantName)
  if (mutant === undefined && mutantName !== undefined) throw new Error(`there is no mutant "${mutantName}"`)
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `code-${process.pid}-${(compiled += 1)}.mjs`)
  await esbuild.build({
    entryPoints: [join(root, 'test/simulation/jobs.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'silent',
    plugins: [changed(mutant === undefined ? [] : editsOf(mutant))],
  })
  return outfile
}

type Named = Edit & { mutant: string }

const editsOf = (mutant: Mutant): Named[] =>
  [mutant, ...(mutant.also ?? [])].map((edit) => ({ ...edit, mutant: mutant.name }))

/** The file that finds others by its own place, which it does not have in the compiled file. */
const placed = 'test/deployment.ts'

function changed(edits: readonly Named[]): esbuild.Plugin {
  const files = [placed, ...edits.map(({ file }) => file)]
  const filter = new RegExp(`[/\\\\](?:${files.map((file) => file.replaceAll('.', '\\.')).join('|')})$`)
  return {
    name: 'changed',
    setup(build) {
      build.onLoad({ filter }, ({ path }) => {
        const own = edits.filter(({ file }) => join(root, file) === path)
        const text = own.reduce(edited, readFileSync(path, 'utf8'))
        const contents = text.replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        return { loader: 'ts', contents }
      })
    },
  }
}

function edited(text: string, { file, from, to, mutant }: Named): string {
  const found = text.split(from).length - 1
  if (found !== 1) throw new Error(`the mutant "${mutant}" is stale: its text occurs ${found} times in ${file}`)
  return text.replace(from, () => to)
}
