import { StartError } from '../start-error.ts'
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
}

export type RunningDynamoDb = { endpoint: string; name: string; stop(): Promise<void> }

/** How to start an engine on this machine, or the reason why it cannot. */
export type Engine = {
  name: string
  patienceMs: number
  locate(): Promise<{ command: string; prepare(port: number): Run } | { missing: string }>
}

/** One run of an engine: its arguments, what to do once it answers, and once it has stopped. */
export type Run = { args: string[]; whenReady?(): void; whenStopped?(): void }

const engines: readonly Engine[] = [dynoxide, dynamodbLocal]

/**
 * Gives a DynamoDB to work with: the one at `endpoint`, else an embedded one, kept in memory, on 127.0.0.1.
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
    const run = located.prepare(port)
    const stop = await launch({ ...engine, command: located.command, args: run.args, endpoint })
    run.whenReady?.()
    return {
      endpoint,
      name: engine.name,
      async stop() {
        await stop()
        run.whenStopped?.()
      },
    }
  }
  throw new StartError(`No DynamoDB engine can run here: ${reasons.join('; ')}.`)
}

async function attach(endpoint: string): Promise<RunningDynamoDb> {
  if (!URL.canParse(endpoint)) throw new StartError(`The DynamoDB endpoint "${endpoint}" is not a URL.`)
  if (!(await answers(endpoint, 3000))) {
    throw new StartError(`The DynamoDB endpoint ${endpoint} does not answer: start it, or leave the endpoint out.`)
  }
  return { endpoint, name: 'external', stop: async () => undefined }
}
