import { hasUnknownAttempt, withAttempt, withoutAttempt } from './attempt-history.ts'
import type { SubmissionOutcome } from '../request/outcome.ts'
import type { Submission } from '../request/submission.ts'
import type { TransitionContext } from './transitions.ts'
import { waitUntil } from './transitions.ts'

/**
 * Whether a refusal is to be narrowed down: it may be one device's fault, there are several, and no other attempt is
 * in doubt. A refusal means that nothing ran, so sending the halves sends nothing twice. One that comes after its lease
 * settles the doubt about its own attempt.
 */
export const isToBeSplit = (submission: Submission, outcome: SubmissionOutcome): boolean =>
  outcome.kind === 'refused' &&
  outcome.mayBlameOneDevice === true &&
  submission.deviceCount > 1 &&
  !hasUnknownAttempt(withoutAttempt(submission))

/** Cuts a refused submission in two, both to be sent anew; the first half goes on under its name. */
export function splitAfterRefusal(
  submission: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  context: TransitionContext,
): { first: Submission; second: Submission } {
  const { now } = context
  const kept = Math.ceil(submission.deviceCount / 2)
  const recorded = { ...submission, attempts: withAttempt(submission, outcome, startedAt, now), deviceCount: kept }
  const error = 'error' in outcome ? outcome.error : undefined
  const first = waitUntil(recorded, now, context, error)
  const start = submission.firstDevice + kept
  const { claimId: _claimed, ...rest } = first
  const second = {
    ...rest,
    submission: start,
    firstDevice: start,
    deviceCount: submission.deviceCount - kept,
    splitFrom: submission.submission,
    createdAt: now,
  }
  return { first, second }
}
