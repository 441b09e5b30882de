import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataFolder, temporaryFolder } from '../data-folder.ts'
import { StartError } from '../start-error.ts'
import type { Engine } from './engine-kind.ts'
import { launch } from './engine-process.ts'
import { dynamodbLocal } from './dynamodb-local.ts'
import { dynoxide } from './dynoxide.ts'
import { freePort, requireFreePort } from './ports.ts'
import { isReachable } from './is-reachable.ts'

export type DynamoDbOptions = {
  /** The URL of a DynamoDB that runs already. Then no engine is started or stopped. */
  endpoint?: string | undefined
  /** `auto`, `dynoxide` or `dynamodb-local`. */
  preferred?: string | undefined
  port?: number | undefined
  /** The folder that keeps the tables across restarts. Without it they are lost when the engine stops. */
  kept?: DataFolder | undefined
}

export type RunningDynamoDb = { endpoint: string; name: string; stop(): Promise<void> }

const engines: readonly Engine[] = [dynoxide, dynamodbLocal]

/**
 * Connects to the DynamoDB at `endpoint`, or starts an engine on 127.0.0.1. Throws `StartError` if none can run.
 *
 * Prefers the native engine, which starts in milliseconds and needs 30 MB. DynamoDB Local runs wherever Java does.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<RunningDynamoDb> {
  if (options.endpoint !== undefined) return attach(options.endpoint)

  const preferred = options.preferred ?? 'auto'
  const candidates = preferred === 'auto' ? engines : engines.filter((engine) => engine.name === preferred)
  if (candidates.length === 0) {
    const known = engines.map((engine) => engine.name).join(', ')
    throw new StartError(`There is no DynamoDB engine named "${preferred}". Choose auto, ${known}.`)
  }

  const reasons: string[] = []
  for (const engine of candidates) {
    const located = await engine.locate()
    if ('missing' in located) {
      reasons.push(located.missing)
      continue
    }
    if (options.port !== undefined) await requireFreePort(options.port)
    const port = options.port ?? (await freePort())
    const endpoint = `http://127.0.0.1:${port}`
    if (options.kept !== undefined) claimFor(engine.name, options.kept.path)
    const folder = options.kept ?? temporaryFolder()
    const release = options.kept === undefined ? folder.close : () => undefined
    const run = located.prepare(port, folder.path, options.kept !== undefined)
    try {
      const stop = await launch({ ...engine, command: located.command, args: run.args, endpoint })
      run.whenReady?.()
      return { endpoint, name: engine.name, stop: async () => stop().finally(release) }
    } catch (error) {
      release()
      throw error
    }
  }
  throw new StartError(`No DynamoDB engine can run here: ${reasons.join('; ')}.`)
}

/** Records the engine of a data folder. Throws `StartError` if another engine wrote it, because formats differ. */
function claimFor(engine: string, folder: string): void {
  const file = join(folder, 'engine')
  if (!existsSync(file)) return writeFileSync(file, engine)
  const writtenBy = readFileSync(file, 'utf8')
  if (writtenBy !== engine) {
    throw new StartError(
      `The data folder ${folder} holds tables of ${writtenBy}, not ${engine}. Set LOCAL_DYNAMODB_ENGINE=${writtenBy}, or another LOCAL_DATA.`,
    )
  }
}

async function attach(endpoint: string): Promise<RunningDynamoDb> {
  if (!URL.canParse(endpoint)) throw new StartError(`The DynamoDB endpoint "${endpoint}" is not a URL.`)
  if (!(await isReachable(endpoint, 3000))) {
    throw new StartError(`The DynamoDB endpoint ${endpoint} does not answer. Start it, or do not set the endpoint.`)
  }
  return { endpoint, name: 'external', stop: async () => undefined }
}
