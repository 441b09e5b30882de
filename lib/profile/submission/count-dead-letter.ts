import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Log } from '../ports.ts'
import type { WorkMessage } from './queue.ts'

export type DeadLetterDependencies = {
  store: Pick<RequestStore, 'getRequest'> & Pick<SubmissionStore, 'countDeadLetter'>
  log: Log
}

/**
 * Marks on its record that a work message failed so often that the queue sets it aside. Nothing is lost with it: the record
 * is still due and the sweep goes on with it. The mark is for whoever asks why it takes so long.
 */
export async function countDeadLetter(message: WorkMessage, { store, log }: DeadLetterDependencies): Promise<void> {
  log.warn('work message set aside', { ...message })
  if (message.kind === 'part') return
  const request = await store.getRequest(message.requestId)
  if (request !== undefined) await store.countDeadLetter(request, message.submission)
}
