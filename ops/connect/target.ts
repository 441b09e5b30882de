import { fileURLToPath } from 'node:url'
import { readConnection } from '../../local/connection-file.ts'
import { UsageError } from '../outcome.ts'
import { readStage } from './stage.ts'
import { fillVariables, replaceVariables, variable } from './variables.ts'

const ownConnectionFile = fileURLToPath(new URL('../../.local/stack.json', import.meta.url))

/**
 * Finds the gateway that is meant and sets the variables of this process as a function of it has them. A stage or a
 * connection file that is named wins; else variables that are set already; else the local stack. Gives its name in words.
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
  if (connection === undefined && table !== undefined) return `table ${table}, by the variables of this shell`
  return enterLocalStack(connection ?? variable('LOCAL_CONNECTION_FILE') ?? ownConnectionFile)
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
      `No local stack runs with the connection file ${file}: start one with "npm start", or name a deployed stage with --stage <name>.`,
    )
  }
  const queues = Object.entries(localQueues).map(([name, queue]) => [name, connection.queues[queue] ?? ''] as const)
  // Nothing of a shell made for AWS may take part.
  replaceVariables({ ...connection.environment, ...Object.fromEntries(queues) }, [
    'AWS_PROFILE',
    'AWS_SESSION_TOKEN',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  ])
  return `the local stack at ${connection.apiUrl}`
}
