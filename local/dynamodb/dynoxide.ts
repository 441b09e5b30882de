import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Engine, Run } from './engine-kind.ts'

const { resolve } = createRequire(import.meta.url)
const packageName = `@dynoxide/${process.platform}-${process.arch}`

/** The native engine Dynoxide, from an optional npm package for each platform. */
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
      // The binary may be installed but unable to run, for instance with another C library.
      await promisify(execFile)(command, ['--version'])
    } catch {
      return { missing: `the binary of ${packageName} does not run on this machine` }
    }
    return { command, prepare: runOnFile }
  },
}

/**
 * Runs the engine on a database file. The engine scans all stream records to number a new one: after 10,000 records it
 * runs at a third of its speed, and after 30,000 it takes seconds to answer. Its database is SQLite, so two additional
 * indexes fix this. They can only be created from outside if the database is a file.
 */
function runOnFile(port: number, folder: string): Run {
  const file = join(folder, 'tables.sqlite')
  return {
    args: ['--host', '127.0.0.1', '--port', String(port), '--db-path', file],
    whenReady() {
      const database = new DatabaseSync(file)
      database.exec(
        'CREATE INDEX IF NOT EXISTS numbering ON _stream_records(table_name, CAST(sequence_number AS INTEGER));' +
          'CREATE INDEX IF NOT EXISTS reading ON _stream_records(table_name, shard_id, CAST(sequence_number AS INTEGER))',
      )
      database.close()
    },
  }
}
