import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { deployedBuild, projectRoot } from '../../../deploy/esbuild-options.ts'

/** One function bundled in one way. */
export type Bundle = { file: string; bytes: number; metafile: Metafile }

/**
 * The same function bundled with esbuild's defaults for Node and zod's named import as in its documentation: not
 * minified, not tree-shaken by the packages' ESM entries, and with `import()` unchanged.
 */
const naiveBuild: BuildOptions = {
  bundle: true,
  platform: 'node',
  logLevel: 'warning',
  absWorkingDir: projectRoot,
  // The function would not load without it.
  define: { 'import.meta.dirname': '__dirname' },
}

const zodByName: Plugin = {
  name: 'zod-by-name',
  setup(plugins) {
    plugins.onLoad({ filter: /\/(lib|functions)\/.*\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined
      const text = await readFile(path, 'utf8')
      return { loader: 'ts', contents: text.replace(/^import \* as z from ('zod[^']*')/m, 'import { z } from $1') }
    })
  },
}

export const deployedBundle = async (name: string, folder: string): Promise<Bundle> =>
  bundle(name, join(folder, `${name}-deployed.cjs`), await deployedBuild())

export const naiveBundle = (name: string, folder: string): Promise<Bundle> =>
  bundle(name, join(folder, `${name}-naive.cjs`), { ...naiveBuild, plugins: [zodByName] })

async function bundle(name: string, file: string, options: BuildOptions): Promise<Bundle> {
  const { metafile } = await build({
    ...options,
    entryPoints: [`functions/${name}.ts`],
    outfile: file,
    metafile: true,
  })
  const bytes = Object.values(metafile.outputs).reduce((total, output) => total + output.bytes, 0)
  return { file, bytes, metafile }
}

/** A handler that does nothing. */
export async function bareBundle(folder: string): Promise<string> {
  const file = join(folder, 'bare.cjs')
  await writeFile(file, `exports.handler = async () => ({ statusCode: 200, body: '{}' })\n`)
  return file
}

export type Contributor = { name: string; bytes: number }

/** The contents of a bundle, largest first: packages by name, own code by folder. */
export function contributorsOf({ metafile }: Bundle): Contributor[] {
  const totals = new Map<string, number>()
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = ownerOf(path)
      totals.set(name, (totals.get(name) ?? 0) + bytesInOutput)
    }
  }
  return [...totals].map(([name, bytes]) => ({ name, bytes })).toSorted((a, b) => b.bytes - a.bytes)
}

/** Every file that contributes at least one byte to a bundle. */
export const sourcesIn = ({ metafile }: Bundle): string[] =>
  Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )

function ownerOf(path: string): string {
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
  return inPackage ?? path.split('/').slice(0, -1).join('/')
}
