import { hasUnknownAttempt } from './attempt-history.ts'
import type { Submission } from '../request/submission.ts'
import { repeatsByItself } from './retry-policy.ts'
import type { TransitionTimes, TransitionContext } from './transitions.ts'
import { inMilliseconds, enter, waitUntil, awaitDecision, ended } from './transitions.ts'

/** The grace period of an unconfirmed submission is over: repeat if that does no harm, else wait for a person. */
export function afterGrace(submission: Submission, context: TransitionContext): Submission {
  const { now, action, accountName, settings } = context
  return repeatsByItself(action, accountName, settings) && now <= submission.giveUpAt
    ? waitUntil(submission, now, context, submission.error)
    : awaitDecision(submission, submission.error, context)
}

/** A person or an app decided that it is to be tried (again), whatever is known of earlier attempts. */
export function afterRetryDecision(submission: Submission, context: TransitionContext): Submission {
  const giveUpAt = context.now + context.settings.retry.maximumAgeSeconds * inMilliseconds
  return waitUntil({ ...submission, giveUpAt }, context.now, context, submission.error)
}

/**
 * Stops a submission that waits: `cancelled` if nothing of it was accepted. Where an earlier attempt's answer was lost
 * only its repetition is stopped, and the doubt is a person's to decide.
 */
export const cancel = (submission: Submission, context: TransitionTimes): Submission =>
  hasUnknownAttempt(submission)
    ? awaitDecision(submission, submission.error, context)
    : enter(submission, { state: 'cancelled' }, context.now)

/** A person gives up on learning what became of it. Callbacks that come after all are still adopted. */
export const abandon = (submission: Submission, now: number): Submission =>
  enter(submission, { state: 'abandoned', ...(submission.error === undefined ? {} : { error: submission.error }) }, now)

/** Whether its time to be tried is over by so much that no worker can have it in hand. */
export const isForgotten = ({ giveUpAt }: Submission, { now, settings }: TransitionTimes): boolean =>
  now > giveUpAt + settings.leaseSeconds * inMilliseconds

/** Its time is over without ThingSpace ever having accepted it (or, where that is in doubt, a person must look). */
export const giveUp = (submission: Submission, context: TransitionTimes): Submission =>
  ended(submission, 'exhausted', submission.error ?? {}, context)

/** Its work message was sent again: when to look next. */
export const workMessageSentAgain = (submission: Submission, { now, settings }: TransitionTimes): Submission => ({
  ...submission,
  dueAt: now + settings.workMessageGraceSeconds * inMilliseconds,
  revision: submission.revision + 1,
  updatedAt: now,
})
