import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describeApi } from '../lib/openapi/document.ts'
import { projectRoot } from './esbuild-options.ts'

const run = promisify(execFile)
const client = join(projectRoot, 'client')

/**
 * Builds the typed client into `client/built`: JavaScript and types. The types of routes and bodies come from the OpenAPI document.
 * The generator needs TypeScript 5, which the workspace of the client has. Throws if the client does not compile.
 */
export async function buildClient(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'build-client-'))
  try {
    const document = join(folder, 'openapi.json')
    await writeFile(document, JSON.stringify(describeApi()))
    const generator = join(client, 'node_modules', '.bin', 'openapi-typescript')
    await run(generator, [document, '--output', join(client, 'source', 'api.ts')], { cwd: client })
    await rm(join(client, 'built'), { recursive: true, force: true })
    await run(join(projectRoot, 'node_modules', '.bin', 'tsc'), ['--project', client], { cwd: projectRoot })
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (import.meta.main) {
  await buildClient()
  process.stdout.write('client/built is written\n')
}
