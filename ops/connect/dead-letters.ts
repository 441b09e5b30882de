import { connectDeadLetters, type DeadLetterQueueOptions } from '../../lib/events/dead-letter-queue.ts'
import type { DeadLetterKind } from '../../lib/profile/support/dead-letter-kinds.ts'
import type { DeadLetterQueue } from '../../lib/profile/support/redrive-dead-letters.ts'
import { UsageError } from '../outcome.ts'
import { variable, type VariableName } from './variables.ts'

/** The URLs of each dead-letter queue and of the queue, or the lanes, that its messages came from. */
const sources: Readonly<Record<DeadLetterKind, () => DeadLetterQueueOptions>> = {
  submissions: () => ({
    kind: 'submissions',
    deadUrl: urlOf('SUBMISSIONS_DEAD_LETTERS_URL'),
    sourceUrl: { single: urlOf('SUBMISSIONS_QUEUE_URL'), bulk: urlOf('BULK_SUBMISSIONS_QUEUE_URL') },
  }),
  callbacks: () => ({
    kind: 'callbacks',
    deadUrl: urlOf('CALLBACKS_DEAD_LETTERS_URL'),
    sourceUrl: urlOf('CALLBACKS_QUEUE_URL'),
  }),
  changes: () => ({ kind: 'changes', deadUrl: urlOf('CHANGES_DEAD_LETTERS_URL') }),
}

function urlOf(name: VariableName): string {
  const url = variable(name)
  if (url === undefined) throw new UsageError(`${name} is not set. It must be the URL of the queue.`)
  return url
}

/** Connects to a dead-letter queue by the variables of the command line. Throws `UsageError` if a URL is not set. */
export async function openDeadLetters(kind: DeadLetterKind): Promise<DeadLetterQueue> {
  return connectDeadLetters(sources[kind]())
}
