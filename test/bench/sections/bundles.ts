import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../../../deploy/esbuild-options.ts'
import { atMost, type Bench, exactly, type Findings, number } from '../findings.ts'
import { foreign, wantedBytes } from '../limits.ts'
import { type Bundle, contributorsOf, deployedBundle, naiveBundle, sourcesIn } from '../measuring/variants.ts'

const kilobytes = (bytes: number): string => `${number(bytes / 1000)} KB`

/** The contents of each function according to esbuild. Nothing is timed here. */
export async function run({ folder, say }: Bench): Promise<Findings> {
  const bundles = join(folder, 'bundles')
  await mkdir(bundles, { recursive: true })
  const names = (await readdir(join(projectRoot, 'functions'))).map((file) => file.replace('.ts', '')).toSorted()
  const made = []
  for (const name of names) {
    const [deployed, naive] = await Promise.all([deployedBundle(name, bundles), naiveBundle(name, bundles)])
    const strays = sourcesIn(deployed).filter((source) => foreign[name]?.some((pattern) => pattern.test(source)))
    made.push({ name, deployed, naive, strays })
    say(`${name}: ${kilobytes(deployed.bytes)}`)
  }
  const largest = made.toSorted((a, b) => b.deployed.bytes - a.deployed.bytes)
  return {
    method: [
      "Bytes as deployed, from esbuild's metafile, with the build options of `serverless.yml`. Naive: esbuild's defaults for Node, not minified. `test/bench/limits.ts` lists the code that a function must not contain, and the guard checks it.",
    ],
    tables: [
      {
        title: 'Bytes of each bundle',
        head: ['Function', 'Deployed', 'Naive', 'Deployed / naive', 'Code of other functions'],
        rows: made.map(({ name, deployed, naive, strays }) => [
          name,
          kilobytes(deployed.bytes),
          kilobytes(naive.bytes),
          (deployed.bytes / naive.bytes).toFixed(2),
          strays.length === 0 ? 'nothing' : strays.join(', '),
        ]),
      },
      {
        title: 'The ten largest parts of each, KB',
        isDetail: true,
        head: ['Function', 'Parts'],
        rows: made.map(({ name, deployed }) => [name, partsOf(deployed)]),
      },
    ],
    targets: [
      ...largest.map(({ name, deployed }) => atMost(`bytes of ${name}`, wantedBytes, deployed.bytes, kilobytes)),
      exactly(
        'files of other functions in any bundle',
        0,
        made.reduce((total, { strays }) => total + strays.length, 0),
      ),
    ],
    plots: [],
  }
}

const partsOf = (bundle: Bundle): string =>
  contributorsOf(bundle)
    .slice(0, 10)
    .map(({ name, bytes }) => `${name} ${number(bytes / 1000)}`)
    .join(', ')
