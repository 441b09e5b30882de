import type { SubmissionState } from '../request/states.ts'

/** Whether a retry may send a submission in this state again. */
export const mayBeRetried = (state: SubmissionState): boolean =>
  state === 'rejected' ||
  state === 'exhausted' ||
  state === 'unconfirmed' ||
  state === 'waiting' ||
  state === 'abandoned'

/** The effect of a cancellation on a submission in this state: it is stopped, given up, or left alone (undefined). */
export function effectOfCancel(state: SubmissionState, abandonUnconfirmed: boolean): 'cancel' | 'abandon' | undefined {
  if (state === 'queued' || state === 'waiting') return 'cancel'
  return abandonUnconfirmed && state === 'unconfirmed' ? 'abandon' : undefined
}
