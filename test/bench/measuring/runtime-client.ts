import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { deployedBuild } from '../../../deploy/esbuild-options.ts'

/** How to start the program that fetches events from the Runtime API and passes them to a handler. */
export type RuntimeClient = { name: string; isReal: boolean; argumentsFor: (module: string) => string[] }

const wanted = 'aws-lambda-ric@4.0.2'
const patienceMs = 180_000

/**
 * Lambda's own runtime client. It compiles native code, so it is not a dependency of the project. It is installed
 * once into a folder of the bench if there is a compiler. Otherwise a client with the same protocol replaces it.
 */
export async function runtimeClient(folder: string, say: (line: string) => void): Promise<RuntimeClient> {
  const home = join(folder, 'ric')
  const entry = join(home, 'node_modules/aws-lambda-ric/index.mjs')
  const native = join(home, 'node_modules/aws-lambda-ric/rapid-client.node')
  if (!existsSync(native)) {
    say(`${wanted} is being installed to a folder of the bench, once; its native part takes half a minute`)
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), '{"private":true}\n')
    try {
      await promisify(execFile)('npm', ['install', wanted, '--no-audit', '--no-fund'], {
        cwd: home,
        timeout: patienceMs,
        shell: process.platform === 'win32',
      })
    } catch {
      say(`${wanted} cannot be installed here: a client of our own stands in for it`)
    }
  }
  return existsSync(native)
    ? { name: wanted.replace('@', ' '), isReal: true, argumentsFor: (module) => [entry, `${module}.handler`] }
    : ownClient(folder)
}

async function ownClient(folder: string): Promise<RuntimeClient> {
  const outfile = join(folder, 'own-runtime-client.cjs')
  const entryPoints = ['test/bench/measuring/own-runtime-client.ts']
  await build({ ...(await deployedBuild()), entryPoints, outfile })
  return { name: 'a runtime client of our own', isReal: false, argumentsFor: (module) => [outfile, module] }
}
