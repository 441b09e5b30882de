import { fileURLToPath } from 'node:url'
import { readConnection } from '../../local/connection-file.ts'
import { UsageError } from '../outcome.ts'
import { readStage } from './stage.ts'
import { fillVariables, replaceVariables, variable } from './variables.ts'

/** Where `npm start` writes its connection file by default. The stack removes the file when it stops. */
export const defaultConnectionFile = fileURLToPath(new URL('../../.local/stack.json', import.meta.url))

/**
 * Selects the gateway that a command works on, and sets the environment variables of this process to those of the
 * gateway's functions. Returns a description of the gateway for the first line of the output.
 *
 * Precedence: `stage` or `connection`; then `TABLE_NAME` from the shell; then the local stack. Throws `UsageError` if
 * the stage cannot be read or no local stack is running.
 */
export async function enterTarget({
  stage,
  connection,
}: {
  stage: string | undefined
  connection: string | undefined
}): Promise<string> {
  if (stage !== undefined) {
    fillVariables(await readStage(stage))
    return `stage ${stage}, table ${variable('TABLE_NAME')}`
  }
  const table = variable('TABLE_NAME')
  if (connection === undefined && table !== undefined) return `table ${table}, from the variables of this shell`
  return enterLocalStack(connection ?? variable('LOCAL_CONNECTION_FILE') ?? defaultConnectionFile)
}

/** The variables that name queues, and each queue's logical id in serverless.yml. */
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
      `No local stack is running with the connection file ${file}. Start one with "npm start", or name a deployed stage with --stage <name>.`,
    )
  }
  const queues = Object.entries(localQueues).map(([name, queue]) => [name, connection.queues[queue] ?? ''] as const)
  // AWS settings of the shell would override the local endpoints and credentials, so remove them.
  const issuer = connection.issuerUrl === undefined ? {} : { JWT_ISSUER: connection.issuerUrl }
  replaceVariables({ ...connection.environment, ...Object.fromEntries(queues), ...issuer }, [
    'AWS_PROFILE',
    'AWS_SESSION_TOKEN',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  ])
  return `the local stack at ${connection.apiUrl}`
}
