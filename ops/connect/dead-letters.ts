import { connectDeadLetters } from '../../lib/events/dead-letter-queue.ts'
import type { DeadLetterKind } from '../../lib/profile/support/dead-letter-kinds.ts'
import type { DeadLetterQueue } from '../../lib/profile/support/redrive-dead-letters.ts'
import { UsageError } from '../outcome.ts'
import { variable, type VariableName } from './variables.ts'

/** The variables with the URLs of each dead-letter queue and of the queue that its messages came from. */
const variables: Readonly<Record<DeadLetterKind, { dead: VariableName; source?: VariableName }>> = {
  submissions: { dead: 'SUBMISSIONS_DEAD_LETTERS_URL', source: 'SUBMISSIONS_QUEUE_URL' },
  callbacks: { dead: 'CALLBACKS_DEAD_LETTERS_URL', source: 'CALLBACKS_QUEUE_URL' },
  changes: { dead: 'CHANGES_DEAD_LETTERS_URL' },
}

function urlOf(name: VariableName): string {
  const url = variable(name)
  if (url === undefined) throw new UsageError(`${name} is not set. It must be the URL of the queue.`)
  return url
}

/** Connects to a dead-letter queue by the variables of the command line. Throws `UsageError` if a URL is not set. */
export async function openDeadLetters(kind: DeadLetterKind): Promise<DeadLetterQueue> {
  const { dead, source } = variables[kind]
  return connectDeadLetters({
    kind,
    deadUrl: urlOf(dead),
    sourceUrl: source === undefined ? undefined : urlOf(source),
  })
}
