import type { SubmissionStore } from '../request/submission-store.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Log } from '../ports.ts'
import type { Pointer } from './queue.ts'

export type NoteDependencies = {
  store: Pick<RequestStore, 'getRequest'> & Pick<SubmissionStore, 'noteDeadLetter'>
  log: Log
}

/**
 * Marks on its record that a pointer failed so often that the queue sets it aside. Nothing is lost with it: the record
 * is still due and the sweep goes on with it. The mark is for whoever asks why it takes so long.
 */
export async function noteDeadLetter(pointer: Pointer, { store, log }: NoteDependencies): Promise<void> {
  log.warn('pointer set aside', { ...pointer })
  if (pointer.kind === 'part') return
  const request = await store.getRequest(pointer.requestId)
  if (request !== undefined) await store.noteDeadLetter(request, pointer.submission)
}
