import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Engine } from './engine.ts'

const { resolve } = createRequire(import.meta.url)
const packageName = `@dynoxide/${process.platform}-${process.arch}`

/** The native engine, an optional package per platform. */
export const dynoxide: Engine = {
  name: 'dynoxide',
  patienceMs: 10_000,
  async locate() {
    let command: string
    try {
      const folder = dirname(resolve(`${packageName}/package.json`))
      command = join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide')
    } catch {
      return { missing: `the package ${packageName} is not installed` }
    }
    try {
      // A binary can be there and still not run, as on a system with another C library.
      await promisify(execFile)(command, ['--version'])
    } catch {
      return { missing: `the binary of ${packageName} does not run on this machine` }
    }
    return { command, args: (port) => ['--host', '127.0.0.1', '--port', String(port)] }
  },
}
