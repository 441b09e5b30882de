import type { HoldReason, Lane, Submission } from '../../request/submission.ts'
import { hasUnknownAttempt } from './attempt-history.ts'
import { repeatsByItself } from './retry-policy.ts'
import {
  awaitDecision,
  ended,
  enter,
  inMilliseconds,
  mayBeOutdated,
  type TransitionContext,
  type TransitionTimes,
  waitUntil,
} from './transitions.ts'

/** The submission after its grace period: it is sent again if a repeat is harmless, else it waits for a decision. */
export function afterGrace(submission: Submission, context: TransitionContext): Submission {
  const { now, action, accountName, settings } = context
  const { error, giveUpAt } = submission
  return repeatsByItself(action, accountName, settings) && now <= giveUpAt
    ? waitUntil(submission, { nextAttemptAt: now, error }, context)
    : awaitDecision(submission, error, context)
}

/**
 * The submission after an app or an operator decided to retry it, whatever earlier attempts did. Its attempts stay in
 * the lane of the decision, so that a few submissions of a bulk request do not wait behind it.
 */
export function afterRetryDecision(submission: Submission, lane: Lane, context: TransitionTimes): Submission {
  const { now, settings } = context
  const giveUpAt = now + settings.retry.maximumAgeSeconds * inMilliseconds
  return waitUntil({ ...submission, giveUpAt, lane }, { nextAttemptAt: now, error: submission.error }, context)
}

/**
 * Stops a waiting submission. It is `cancelled` if ThingSpace accepted nothing. If an earlier attempt is unknown, only
 * the repeat is stopped and the submission waits for a decision.
 */
export const cancel = (submission: Submission, context: TransitionTimes): Submission =>
  hasUnknownAttempt(submission)
    ? awaitDecision(submission, submission.error, context)
    : enter(submission, { state: 'cancelled' }, context.now)

/** Gives up an unconfirmed submission without knowing its outcome. Callbacks that arrive later are still adopted. */
export const abandon = (submission: Submission, now: number): Submission =>
  enter(submission, { state: 'abandoned', ...(submission.error === undefined ? {} : { error: submission.error }) }, now)

/** Whether a submission is past its last retry by so much that no worker can still be working on it. */
export const isForgotten = ({ giveUpAt }: Submission, { now, settings }: TransitionTimes): boolean =>
  now > giveUpAt + settings.leaseSeconds * inMilliseconds

/** Ends a submission that is past its last retry: `exhausted`, or a decision if an attempt is unknown. */
export const giveUp = (submission: Submission, context: TransitionTimes): Submission =>
  ended(submission, { state: 'exhausted', error: submission.error ?? {} }, context)

/**
 * A queued or waiting submission whose attempt is held until `nextAttemptAt` (epoch milliseconds), because ThingSpace
 * takes no more calls. It keeps its state and its number of attempts.
 */
export const heldBack = (
  submission: Submission,
  { nextAttemptAt, why }: { nextAttemptAt: number; why: HoldReason },
  { now, settings }: TransitionTimes,
): Submission => ({
  ...submission,
  nextAttemptAt,
  held: { since: submission.held?.since ?? now, times: (submission.held?.times ?? 0) + 1, why },
  dueAt: nextAttemptAt + settings.workMessageGraceSeconds * inMilliseconds,
  revision: submission.revision + 1,
  updatedAt: now,
})

/**
 * The submission after the sweep sent its work message again, with the next date to check it. If the table was put back,
 * it keeps its date, by which the worker knows.
 */
export const workMessageSentAgain = (submission: Submission, { now, settings }: TransitionTimes): Submission => ({
  ...submission,
  dueAt: now + missingSince(submission, { now, settings }),
  revision: submission.revision + 1,
  updatedAt: mayBeOutdated(submission.updatedAt, settings) ? submission.updatedAt : now,
})

/** A queue that is an hour behind must not be filled with a further message each minute. */
const longestCheckMilliseconds = 900_000

/** How long until a missing work message is sent once more: as long as it has been missing, which doubles each time. */
function missingSince(
  { createdAt, nextAttemptAt = createdAt }: Submission,
  { now, settings }: TransitionTimes,
): number {
  const least = settings.workMessageGraceSeconds * inMilliseconds
  return Math.max(least, Math.min(longestCheckMilliseconds, now - nextAttemptAt))
}
