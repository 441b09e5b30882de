import type { SubmissionState } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'

/**
 * Whether a retry may send a submission again, by its state. If devices of it have been ordered again, a retry would run
 * their action twice.
 */
export const mayBeRetried = ({ state, reordered }: Pick<Submission, 'state' | 'reordered'>): boolean =>
  reordered === undefined &&
  (state === 'rejected' ||
    state === 'exhausted' ||
    state === 'unconfirmed' ||
    state === 'waiting' ||
    state === 'abandoned')

/** The effect of a cancellation on a submission in this state: it is stopped, given up, or left alone (undefined). */
export function effectOfCancel(state: SubmissionState, abandonUnconfirmed: boolean): 'cancel' | 'abandon' | undefined {
  if (state === 'queued' || state === 'waiting') return 'cancel'
  return abandonUnconfirmed && state === 'unconfirmed' ? 'abandon' : undefined
}
