import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import * as z from 'zod'
import { consoleBuild } from './build-console.ts'
import { deployedBuild, projectRoot } from './esbuild-options.ts'

const Package = z.object({ name: z.string(), version: z.string(), license: z.string() })

/** A package that is deployed. `folder` is relative to the project. */
export type DeployedPackage = z.infer<typeof Package> & { folder: string }

/** Packages of which serverless.yml copies files into a zip, beside the bundle. */
const copied = ['node_modules/swagger-ui-dist']

/** The packages whose code is in the bundle of any function or in the console, as esbuild reports it. */
export async function bundledPackages(): Promise<DeployedPackage[]> {
  const options = await deployedBuild()
  const functions = await readdir(join(projectRoot, 'functions'))
  const outdir = join(projectRoot, '.serverless', 'notices')
  const entryPoints = functions.map((file) => `functions/${file}`)
  const builds = await Promise.all([
    build({ ...options, entryPoints, outdir, write: false, metafile: true }),
    build({ ...consoleBuild, metafile: true }),
  ])
  return packagesIn(builds.flatMap(({ metafile }) => filesIn(metafile)).flatMap(folderOf))
}

/** All packages that reach AWS: those bundled, and those of which files are copied. */
export const deployedPackages = async (): Promise<DeployedPackage[]> => [
  ...(await bundledPackages()),
  ...(await packagesIn(copied)),
]

/** The sources of which something is left in the output. */
const filesIn = ({ outputs }: Metafile): string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  )

const folderOf = (file: string): string[] => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.slice(0, 1) ?? []

const packagesIn = (folders: readonly string[]): Promise<DeployedPackage[]> =>
  Promise.all(
    [...new Set(folders)].map(async (folder) => ({
      ...Package.parse(JSON.parse(await readFile(join(projectRoot, folder, 'package.json'), 'utf8'))),
      folder,
    })),
  )
