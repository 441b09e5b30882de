import type { Log } from '../ports.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { WorkMessage } from './queue.ts'

export type DeadLetterDependencies = {
  store: Pick<RequestStore, 'getRequest'> & Pick<SubmissionStore, 'countDeadLetter'>
  log: Log
}

/**
 * Counts on the submission that SQS moves a work message to the dead-letter queue after its last receive.
 * No work is lost: the submission is still due and the sweep sends a new message. The count explains the delay to
 * operators. Throws if the store fails.
 */
export async function countDeadLetter(message: WorkMessage, { store, log }: DeadLetterDependencies): Promise<void> {
  log.warn('work message set aside', { ...message })
  if (message.kind === 'part') return
  const request = await store.getRequest(message.requestId)
  if (request !== undefined) await store.countDeadLetter(request, message.submission)
}
