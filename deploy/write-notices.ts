import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundledPackages } from './deployed-packages.ts'
import { projectRoot } from './esbuild-options.ts'

const introduction = `The functions and the console contain code of the packages below, under these licences. \`npm run notices\` writes this
file from what esbuild puts into the bundles.
`

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
  for (const { folder, name, version, license } of await bundledPackages()) {
    const text = await textsOf(join(projectRoot, folder), license)
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
