import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readSettings } from '../../local/settings.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { bundleRuntime } from '../bundle.ts'
import { functionsOf, packageTemplate } from '../template/template.ts'
import { unzip } from './unzip.ts'
import { startZipFunction, type ZipFunction } from './zip-function.ts'

export const accountName = '0000123456-00001'

const settings = {
  LOCAL_PORT: '0',
  LOCAL_ISSUER_PORT: '0',
  LOCAL_SIMULATOR_PORT: '0',
  LOCAL_SIMULATOR_CONTROL_PORT: '0',
  LOCAL_ACCOUNTS: accountName,
}

export type ZippedGateway = {
  stack: Stack
  /** The functions of the template, by name. */
  functions: ReadonlyMap<string, ZipFunction>
  /** The names of the files in a function's zip. */
  filesOf: (name: string) => readonly string[]
  stop: () => Promise<void>
}

/**
 * The packaged functions as processes outside the project, with the table, queues, topic, secrets and ThingSpace
 * simulator of the local stack. Nothing but the test invokes them: the triggers of the stack drop what they read.
 */
export async function startZippedGateway(): Promise<ZippedGateway> {
  const template = await packageTemplate()
  const folder = await mkdtemp(join(tmpdir(), 'zips-'))
  const runtime = await bundleRuntime(folder)
  const files = new Map<string, string[]>()
  const functions = new Map<string, ZipFunction>()
  const stack = await startStack(readSettings({ ...settings, LOCAL_FUNCTION_LOG: join(folder, 'functions.log') }), {
    runFunctions: async ({ deployment, environment }) => {
      for (const { name, properties } of functionsOf(template)) {
        const taskRoot = join(folder, name)
        await mkdir(taskRoot)
        files.set(name, await unzip(join(dirname(template.path), `${name}.zip`), taskRoot))
        const handler = String(properties['Handler'])
        const variables = variablesOf(properties['Environment'], environment)
        functions.set(name, startZipFunction({ runtime, taskRoot, handler, variables }))
      }
      const dropped = async () => ({ kind: 'returned', value: undefined }) as const
      const stop = async () => {
        await Promise.all([...functions.values()].map((each) => each.stop()))
      }
      return { functions: new Map(deployment.functions.map(({ name }) => [name, dropped])), stop }
    },
  })
  return {
    stack,
    functions,
    filesOf: (name) => files.get(name) ?? [],
    stop: async () => {
      await stack.stop()
      await rm(folder, { recursive: true })
    },
  }
}

const ofThisStage: ReadonlySet<string> = new Set(['THINGSPACE_BASE_URL', 'LISTENER_ACCOUNTS'])

/**
 * The variables of a function in the template, and those of Lambda that the SDK needs. References and parameters of the
 * stage have the values of the local stack.
 */
function variablesOf(environment: unknown, local: Readonly<Record<string, string>>): Record<string, string> {
  const { Variables } = environment as { Variables: Record<string, string | number | object> }
  const own = Object.entries(Variables).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' || ofThisStage.has(name) ? (local[name] ?? '') : String(value),
  ])
  const ofLambda = Object.entries(local).filter(([name]) => name.startsWith('AWS_'))
  return { ...Object.fromEntries(own), ...Object.fromEntries(ofLambda) }
}
