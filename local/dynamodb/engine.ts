import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataFolder, temporaryFolder } from '../data-folder.ts'
import { StartError } from '../start-error.ts'
import type { Engine } from './engine-kind.ts'
import { launch } from './engine-process.ts'
import { dynamodbLocal } from './dynamodb-local.ts'
import { dynoxide } from './dynoxide.ts'
import { freePort, requireFreePort } from './ports.ts'
import { answers } from './answers.ts'

export type DynamoDbOptions = {
  /** An engine that runs already. Nothing is started, and nothing is stopped. */
  endpoint?: string | undefined
  /** `auto`, `dynoxide` or `dynamodb-local`. */
  preferred?: string | undefined
  port?: number | undefined
  /** Where the tables are kept from one start to the next. Without it they end with the engine. */
  kept?: DataFolder | undefined
}

export type RunningDynamoDb = { endpoint: string; name: string; stop(): Promise<void> }

const engines: readonly Engine[] = [dynoxide, dynamodbLocal]

/**
 * Gives a DynamoDB to work with: the one at `endpoint`, else an embedded one on 127.0.0.1.
 *
 * The native engine goes first because it starts in milliseconds and needs 30 MB; DynamoDB Local is the one that runs
 * wherever there is Java.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<RunningDynamoDb> {
  if (options.endpoint !== undefined) return attach(options.endpoint)

  const preferred = options.preferred ?? 'auto'
  const candidates = preferred === 'auto' ? engines : engines.filter((engine) => engine.name === preferred)
  if (candidates.length === 0) {
    const known = engines.map((engine) => engine.name).join(', ')
    throw new StartError(`There is no DynamoDB engine named "${preferred}": choose auto, ${known}.`)
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

/** Engines cannot read one another's files, so a folder stays with the engine that wrote it first. */
function claimFor(engine: string, folder: string): void {
  const file = join(folder, 'engine')
  if (!existsSync(file)) return writeFileSync(file, engine)
  const owner = readFileSync(file, 'utf8')
  if (owner !== engine) {
    throw new StartError(
      `The data folder ${folder} holds tables of ${owner}, not ${engine}: set LOCAL_DYNAMODB_ENGINE=${owner}, or another LOCAL_DATA.`,
    )
  }
}

async function attach(endpoint: string): Promise<RunningDynamoDb> {
  if (!URL.canParse(endpoint)) throw new StartError(`The DynamoDB endpoint "${endpoint}" is not a URL.`)
  if (!(await answers(endpoint, 3000))) {
    throw new StartError(`The DynamoDB endpoint ${endpoint} does not answer: start it, or leave the endpoint out.`)
  }
  return { endpoint, name: 'external', stop: async () => undefined }
}
