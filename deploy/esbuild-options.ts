import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildOptions } from 'esbuild'
import * as z from 'zod'
import { parseYaml } from '../local/deployment/yaml.ts'
import leanSdk from './lean-sdk.ts'

export const projectRoot = fileURLToPath(new URL('../', import.meta.url))

/** The part of serverless.yml that decides how a function is bundled. An unknown option is an error, not ignored. */
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
        plugins: z.literal('deploy/lean-sdk.ts'),
        sourcemap: z.boolean(),
        legalComments: z.literal('none'),
        define: z.record(z.string(), z.string()).default({}),
        // Read by the packaging plugin only; esbuild does not know it.
        keepOutputDirectory: z.boolean(),
      })
      .transform(({ keepOutputDirectory: _own, exclude, ...options }) => ({
        ...options,
        external: exclude,
        plugins: leanSdk,
      })),
  }),
})

/** Reads from serverless.yml the esbuild options that `serverless package` uses. */
export async function deployedBuild(): Promise<BuildOptions> {
  const text = await readFile(join(projectRoot, 'serverless.yml'), 'utf8')
  const { esbuild } = Options.parse(parseYaml(text, 'serverless.yml')).custom
  return { ...esbuild, platform: 'node', logLevel: 'warning', absWorkingDir: projectRoot }
}
