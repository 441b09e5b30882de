import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { type DeployedPackage, deployedPackages } from './deployed-packages.ts'
import { projectRoot } from './esbuild-options.ts'

const Own = z.object({ name: z.string(), version: z.string() })
const Lock = z.object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) })

/** An SPDX expression such as `MIT OR Apache-2.0` has words between its ids. */
const isExpression = (license: string): boolean => license.includes(' ')

/** The name of a folder in the lock file. The folder begins elsewhere if `node_modules` is a link. */
const lockedAs = (folder: string): string => folder.slice(folder.indexOf('node_modules/'))

function component({ name, version, license }: DeployedPackage, integrity: string | undefined) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    licenses: [isExpression(license) ? { expression: license } : { license: { id: license } }],
    ...(integrity?.startsWith('sha512-') && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') }],
    }),
  }
}

/**
 * The bill of materials of what is deployed, as CycloneDX 1.5. It lists the packages that esbuild puts into the bundles and those of
 * which files are copied. `npm sbom --omit dev` is not used: npm 11 leaves out packages that a development dependency shares, such as
 * zod, and lists the optional ones that are never deployed.
 */
export async function billOfMaterials() {
  const { name, version } = Own.parse(JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')))
  const { packages } = Lock.parse(JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')))
  const components = (await deployedPackages()).map((each) =>
    component(each, packages[lockedAs(each.folder)]?.integrity),
  )
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: {
      timestamp: new Date().toISOString(),
      component: { type: 'application', 'bom-ref': `${name}@${version}`, name, version },
    },
    components: components.toSorted((one, other) => (one.purl < other.purl ? -1 : 1)),
  }
}

if (import.meta.main) {
  const file = join(projectRoot, '.serverless', 'sbom.cdx.json')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(await billOfMaterials(), null, 2)}\n`)
  process.stdout.write(`${file} is written\n`)
}
