import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { deployedBuild, projectRoot } from './esbuild-options.ts'

/**
 * Writes the source map of every packaged function to `.serverless/source-maps/<function>.js.map`. The zips do not hold
 * the maps, because they would slow down cold starts; keep them with the release, so that a logged stack can be read.
 */
export async function writeSourceMaps(folder: string): Promise<string[]> {
  const options = await deployedBuild()
  const names = (await readdir(join(projectRoot, 'functions'))).map((file) => file.replace('.ts', ''))
  await Promise.all(
    names.map((name) =>
      build({
        ...options,
        sourcemap: 'external',
        entryPoints: [`functions/${name}.ts`],
        outfile: join(folder, `${name}.js`),
      }),
    ),
  )
  return names
}

if (import.meta.main) {
  const folder = join(projectRoot, '.serverless', 'source-maps')
  const names = await writeSourceMaps(folder)
  process.stdout.write(`Source maps of ${names.length} functions are in ${folder}\n`)
}
