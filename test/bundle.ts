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
  const ofFunction = (name: string) => join(folder, `${name}.cjs`)
  const [runtime] = await Promise.all([
    bundleRuntime(folder),
    ...names.map((name) => build({ ...options, entryPoints: [`functions/${name}.ts`], outfile: ofFunction(name) })),
  ])
  return { runtime, ofFunction }
}

/** Bundles the program of an invocation environment into a folder that exists, and returns its path. */
export async function bundleRuntime(folder: string): Promise<string> {
  const outfile = join(folder, 'runtime.cjs')
  await build({ ...(await deployedBuild()), entryPoints: ['test/kill/runtime.ts'], outfile })
  return outfile
}
