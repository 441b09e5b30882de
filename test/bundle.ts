import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { deployedBuild } from '../deploy/esbuild-options.ts'

export type Bundles = {
  /** The program of an invocation environment. */
  runtime: string
  /** The bundled module of a function, by its name. */
  ofFunction: (name: string) => string
}

/** Bundles each function like `serverless package`, and the program that runs them. */
export async function bundleFunctions(names: readonly string[], folder: string): Promise<Bundles> {
  const options = await deployedBuild()
  await mkdir(folder, { recursive: true })
  const runtime = join(folder, 'runtime.cjs')
  const ofFunction = (name: string) => join(folder, `${name}.cjs`)
  await Promise.all([
    build({ ...options, entryPoints: ['test/kill/runtime.ts'], outfile: runtime }),
    ...names.map((name) => build({ ...options, entryPoints: [`functions/${name}.ts`], outfile: ofFunction(name) })),
  ])
  return { runtime, ofFunction }
}
