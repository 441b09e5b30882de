import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build, type BuildOptions } from 'esbuild'
import { projectRoot } from './esbuild-options.ts'

/** A built file with its sizes in bytes. */
export type BuiltFile = { name: string; bytes: number; brotliBytes: number; gzipBytes: number }

const folder = join(projectRoot, 'console', 'built')

/** How esbuild bundles the console. */
export const consoleBuild = {
  absWorkingDir: projectRoot,
  entryPoints: { main: 'console/main.tsx', style: 'console/style/style.css' },
  entryNames: '[name]-[hash]',
  outdir: folder,
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  // All four engines have light-dark() in CSS since then.
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfig: join(projectRoot, 'console', 'tsconfig.json'),
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions

/**
 * Bundles the console into `console/built`, with each file compressed once with Brotli and gzip. The names of the files
 * contain a hash of their content. describe-api serves them.
 */
export async function buildConsole(): Promise<BuiltFile[]> {
  const { outputFiles } = await build(consoleBuild)
  await mkdir(folder, { recursive: true })
  const files = await Promise.all(
    outputFiles.map(async ({ path, contents }) => {
      const name = basename(path)
      const [br, gz] = await Promise.all([compressed(contents), promisify(gzip)(contents, { level: 9 })])
      await replace(name, contents)
      await replace(`${name}.br`, br)
      await replace(`${name}.gz`, gz)
      return { name, bytes: contents.length, brotliBytes: br.length, gzipBytes: gz.length }
    }),
  )
  const named = (ending: string) => files.find(({ name }) => name.endsWith(ending))?.name
  const names = files.map(({ name }) => name)
  const manifest = { script: named('.js'), style: named('.css'), files: names }
  await replace('manifest.json', JSON.stringify(manifest))
  const kept = new Set(['manifest.json', ...names.flatMap((name) => [name, `${name}.br`, `${name}.gz`])])
  const strays = (await readdir(folder)).filter((name) => !kept.has(name) && !name.startsWith('.'))
  await Promise.all(strays.map((name) => rm(join(folder, name), { force: true })))
  return files
}

const compressed = (contents: Uint8Array): Promise<Buffer> =>
  promisify(brotliCompress)(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })

/** Writes a file at once, because another process may read or build it at the same time. */
async function replace(name: string, contents: string | Uint8Array): Promise<void> {
  const draft = join(folder, `.${name}.${process.pid}`)
  await writeFile(draft, contents)
  await rename(draft, join(folder, name))
}

async function buildAndPrint(): Promise<void> {
  for (const { name, bytes, brotliBytes, gzipBytes } of await buildConsole())
    process.stdout.write(`${name}: ${bytes} bytes, ${brotliBytes} with Brotli, ${gzipBytes} with gzip\n`)
}

// Without a top-level await, because the Serverless Framework requires this module (package-console.ts).
if (import.meta.main) void buildAndPrint()
