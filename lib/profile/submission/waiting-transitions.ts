import type { Submission } from '../request/submission.ts'
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

/** The submission after an app or an operator decided to retry it, whatever earlier attempts did. */
export function afterRetryDecision(submission: Submission, context: TransitionTimes): Submission {
  const { now, settings } = context
  const giveUpAt = now + settings.retry.maximumAgeSeconds * inMilliseconds
  return waitUntil({ ...submission, giveUpAt }, { nextAttemptAt: now, error: submission.error }, context)
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
 * The submission after the sweep sent its work message again, with the next date to check it. If the table was put back,
 * it keeps its date, by which the worker knows.
 */
export const workMessageSentAgain = (submission: Submission, { now, settings }: TransitionTimes): Submission => ({
  ...submission,
  dueAt: now + settings.workMessageGraceSeconds * inMilliseconds,
  revision: submission.revision + 1,
  updatedAt: mayBeOutdated(submission.updatedAt, settings) ? submission.updatedAt : now,
})
