import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import * as z from 'zod'
import { parseYaml } from '../local/deployment/yaml.ts'

export const projectRoot = fileURLToPath(new URL('../', import.meta.url))

/** What of serverless.yml decides how a function is bundled. An option that is not known here must not go unnoticed. */
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
        // The packager's own: it does not reach esbuild.
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

/** The options of esbuild with which everything is deployed: serverless.yml has them, and nothing else has. */
export async function deployedBuild(): Promise<BuildOptions> {
  const text = await readFile(join(projectRoot, 'serverless.yml'), 'utf8')
  const { esbuild } = Options.parse(parseYaml(text, 'serverless.yml')).custom
  return { ...esbuild, platform: 'node', logLevel: 'warning', absWorkingDir: projectRoot }
}

/** Bundles each function as `serverless package` does, and beside them the program that runs them. */
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
