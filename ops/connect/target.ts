import { fileURLToPath } from 'node:url'
import { readConnection } from '../../local/connection-file.ts'
import { UsageError } from '../outcome.ts'
import { readStage } from './stage.ts'

const ownConnectionFile = fileURLToPath(new URL('../../../.local/stack.json', import.meta.url))

/**
 * Finds the gateway that is meant and sets the variables of this process as a function of it has them. A stage that is
 * named wins; else variables that are set already; else the local stack. Gives its name in words.
 */
export async function enterTarget({
  stage,
  connection,
}: {
  stage: string | undefined
  connection: string | undefined
}): Promise<string> {
  if (stage !== undefined) {
    fill(await readStage(stage))
    return `stage ${stage}, table ${process.env['TABLE_NAME']}`
  }
  if (connection === undefined && process.env['TABLE_NAME'] !== undefined) {
    return `table ${process.env['TABLE_NAME']}, by the variables of this shell`
  }
  return enterLocalStack(connection ?? ownConnectionFile)
}

/** What a person has set wins over what is found. */
function fill(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
}

const localQueues: Readonly<Record<string, string>> = {
  CALLBACKS_QUEUE_URL: 'CallbacksQueue',
  SUBMISSIONS_DEAD_LETTERS_URL: 'SubmissionsDeadLetters',
  CALLBACKS_DEAD_LETTERS_URL: 'CallbacksDeadLetters',
  CHANGES_DEAD_LETTERS_URL: 'ChangesDeadLetters',
}

async function enterLocalStack(file: string): Promise<string> {
  const connection = readConnection(file)
  const health = connection && (await fetch(`${connection.apiUrl}/health`).catch(() => undefined))
  if (connection === undefined || health?.ok !== true) {
    throw new UsageError(
      'No local stack runs here: start one with "npm start", or name a deployed stage with --stage <name>.',
    )
  }
  // All of it, and not only what is missing: nothing of a shell made for AWS may take part.
  Object.assign(process.env, connection.environment)
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']) {
    Reflect.deleteProperty(process.env, name)
  }
  for (const [variable, queue] of Object.entries(localQueues)) process.env[variable] = connection.queues[queue] ?? ''
  return `the local stack at ${connection.apiUrl}`
}
