import { cpus, release, totalmem, type as systemType } from 'node:os'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../deploy/esbuild-options.ts'
import { canPin } from '../measuring/cores.ts'

type Row = readonly [what: string, value: string]

/** The machine and the versions of a measurement. Nothing here identifies a machine or its user. */
export function machineRows(): Row[] {
  const versionOf = (name: string): string => {
    const file = join(projectRoot, 'node_modules', name, 'package.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  }
  const packages = ['esbuild', '@aws-sdk/client-dynamodb', '@middy/core', 'zod', '@aws-lambda-powertools/logger']
  const [processor] = cpus()
  return [
    ['Processor', `${processor?.model.trim() ?? 'unknown'}, ${cpus().length} cores`],
    ['Memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['System', `${systemType()} ${release()}, ${process.arch}`],
    ['Node', process.versions.node],
    [
      'Pinned',
      canPin ? 'what is measured to one core, what serves it to the others' : 'no: taskset or a second core is missing',
    ],
    ...packages.flatMap((name): Row[] => {
      try {
        return [[name, versionOf(name)]]
      } catch {
        return []
      }
    }),
  ]
}
