import { inParallel } from '../../parallel.ts'
import type { Clock } from '../ports.ts'
import type { SubmissionState } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'

/** The effect of a decision: how many submissions it changed, and the states of those that it did not change. */
export type RequestDecision = (
  { kind: 'done'; changed: number; others: SubmissionState[] } | { kind: 'nothing-to-do'; others: SubmissionState[] }
) & {
  /** Number of submissions not reached in time. The caller can send the same decision again to continue with them. */
  left: number
}

/**
 * The outcome for one submission: changed (its new version), `left` for lack of time, changed by another function
 * (`found` is its new state), or undefined if there was nothing to change.
 */
export type ChangeOutcome = Submission | 'left' | { found: SubmissionState | undefined } | undefined

/** Applies a decision to submissions in parallel until `stopAt`, in epoch milliseconds, and counts the outcomes. */
export async function changeEach(
  submissions: readonly Submission[],
  { clock, stopAt }: { clock: Clock; stopAt: number },
  change: (submission: Submission) => Promise<ChangeOutcome>,
): Promise<RequestDecision> {
  const others: SubmissionState[] = []
  let [changed, left] = [0, 0]
  // A bulk request can have 10,000 submissions, and API Gateway waits less than 30 s for a response.
  await inParallel(submissions, async (submission) => {
    const outcome = clock() < stopAt ? await change(submission) : 'left'
    if (outcome === undefined) others.push(submission.state)
    else if (outcome === 'left') left += 1
    else if ('found' in outcome) others.push(outcome.found ?? submission.state)
    else changed += 1
  })
  return changed > 0 ? { kind: 'done', changed, others, left } : { kind: 'nothing-to-do', others, left }
}
