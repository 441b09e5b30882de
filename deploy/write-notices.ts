import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import * as z from 'zod'
import { deployedBuild, projectRoot } from './esbuild-options.ts'

const Package = z.object({ name: z.string(), version: z.string(), license: z.string() })

const introduction = `The functions contain code of the packages below, under these licences. \`npm run notices\` writes this
file from what esbuild puts into the bundles.
`

/** The folders of the packages whose code is in the bundle of any function. */
async function bundledPackages(): Promise<string[]> {
  const options = await deployedBuild()
  const functions = await readdir(join(projectRoot, 'functions'))
  const { metafile } = await build({
    ...options,
    entryPoints: functions.map((file) => `functions/${file}`),
    outdir: join(projectRoot, '.serverless', 'notices'),
    write: false,
    metafile: true,
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  )
  const folders = inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [])
  return [...new Set(folders)]
}

/** The licence and notice texts of a package, or the name of its licence if it has no such file. */
async function textsOf(folder: string, license: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)(\.\w+)?$/i.test(file))
  const texts = await Promise.all(files.toSorted().map((file) => readFile(join(folder, file), 'utf8')))
  if (texts.length === 0) return `Licence: ${license}. The package has no licence file.`
  return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n')
}

/** Writes the notices of all bundled packages. Packages with the same text are listed together. */
export async function thirdPartyNotices(): Promise<string> {
  const byText = new Map<string, string[]>()
  for (const relative of await bundledPackages()) {
    const folder = join(projectRoot, relative)
    const { name, version, license } = Package.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
    const text = await textsOf(folder, license)
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...byText].map(([text, packages]) => `${[...new Set(packages)].toSorted().join('\n')}\n\n${text}\n`)
  return [introduction, ...parts.toSorted()].join(`\n${'-'.repeat(80)}\n\n`)
}

if (import.meta.main) {
  const file = join(projectRoot, 'THIRD-PARTY-NOTICES')
  await writeFile(file, await thirdPartyNotices())
  process.stdout.write(`${file} is written\n`)
}
