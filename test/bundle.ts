import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import * as z from 'zod'
import { parseYaml } from '../local/deployment/yaml.ts'

export const projectRoot = fileURLToPath(new URL('../', import.meta.url))

/** The parts of serverless.yml that decide how a function is bundled. An unknown option is an error. */
const Options = z.object({
  custom: z.object({
    esbuild: z
      .strictObject({
        bundle: z.literal(true),
        minify: z.boolean(),
        target: z.string(),
        format: z.literal('cjs'),
        mainFields: z.array(z.string()),
        supported: z.record(z.string(), z.boolean()),
        alias: z.record(z.string(), z.string()),
        exclude: z.array(z.string()),
        sourcemap: z.boolean(),
        legalComments: z.literal('none'),
        define: z.record(z.string(), z.string()).default({}),
        // An option of the packager that does not reach esbuild.
        keepOutputDirectory: z.boolean(),
      })
      .transform(({ keepOutputDirectory: _own, exclude, ...options }) => ({ ...options, external: exclude })),
  }),
})

export type Bundles = {
  /** The program of an invocation environment. */
  runtime: string
  /** The bundled module of a function, by its name. */
  ofFunction: (name: string) => string
}

/** The options of esbuild for a deployment. serverless.yml is their only source. */
export async function deployedBuild(): Promise<BuildOptions> {
  const text = await readFile(join(projectRoot, 'serverless.yml'), 'utf8')
  const { esbuild } = Options.parse(parseYaml(text, 'serverless.yml')).custom
  return { ...esbuild, platform: 'node', logLevel: 'warning', absWorkingDir: projectRoot }
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
