import type { SubmissionOutcome } from '../../request/outcome.ts'
import type { Submission } from '../../request/submission.ts'
import { hasUnknownAttempt, withAttempt, withoutAttempt } from './attempt-history.ts'
import type { AttemptOutcome } from './attempt-transitions.ts'
import { type TransitionContext, waitUntil } from './transitions.ts'

/**
 * Whether a refused submission is split to find the device to blame: one device may be the cause, the submission has
 * several, and no other attempt is unknown. A refusal means that ThingSpace ran nothing, so the halves repeat nothing.
 * If the refusal arrives after the lease expired, it also settles its own attempt, which was unknown until then.
 */
export const isToBeSplit = (submission: Submission, outcome: SubmissionOutcome): boolean =>
  outcome.kind === 'refused' &&
  outcome.mayBlameOneDevice === true &&
  submission.deviceCount > 1 &&
  !hasUnknownAttempt(withoutAttempt(submission))

/** Splits a refused submission into two halves, both `waiting` for an immediate attempt. The first keeps the name. */
export function splitAfterRefusal(
  submission: Submission,
  { outcome, startedAt }: AttemptOutcome,
  context: TransitionContext,
): { first: Submission; second: Submission } {
  const { now } = context
  const kept = Math.ceil(submission.deviceCount / 2)
  const attempts = withAttempt(submission, { outcome, startedAt, finishedAt: now })
  const error = 'error' in outcome ? outcome.error : undefined
  const first = waitUntil({ ...submission, attempts, deviceCount: kept }, { nextAttemptAt: now, error }, context)
  const start = submission.firstDevice + kept
  const { claimId: _claimId, ...shared } = first
  const second = {
    ...shared,
    submission: start,
    firstDevice: start,
    deviceCount: submission.deviceCount - kept,
    splitFrom: submission.submission,
    createdAt: now,
  }
  return { first, second }
}
