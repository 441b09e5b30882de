import type { SubmissionOutcome } from '../../request/outcome.ts'
import type { Submission } from '../../request/submission.ts'
import { withAttempt } from './attempt-history.ts'
import { delaySeconds, doublingSeconds, graceSeconds, repeatsByItself, resultsWithinSeconds } from './retry-policy.ts'
import { ended, enter, inMilliseconds, type TransitionContext, type TransitionTimes, waitUntil } from './transitions.ts'

/** The outcome of the current attempt of a submission. `startedAt` is in epoch milliseconds. */
export type AttemptOutcome = { outcome: SubmissionOutcome; startedAt: number }

/** Begins the next attempt under a new lease. The submission must be `queued` or `waiting`. */
export function beginAttempt(submission: Submission, claimId: string, { now, settings }: TransitionTimes): Submission {
  const leaseUntil = now + settings.leaseSeconds * inMilliseconds
  const begun = enter(submission, { state: 'submitting', leaseUntil, dueAt: leaseUntil }, now)
  return { ...begun, attempt: submission.attempt + 1, claimId }
}

/** The submission after the outcome of its current attempt, by the table of outcomes in docs/design.md. */
export function afterOutcome(
  submission: Submission,
  { outcome, startedAt }: AttemptOutcome,
  context: TransitionContext,
): Submission {
  const { now, action, accountName, settings, random } = context
  const { attempt, giveUpAt } = submission
  const tried = { ...submission, attempts: withAttempt(submission, { outcome, startedAt, finishedAt: now }) }
  switch (outcome.kind) {
    case 'accepted':
      return acceptedAs(tried, outcome.upstreamRequestId, context)
    case 'refused':
      return ended(tried, { state: 'rejected', error: outcome.error }, context)
    case 'not-accepted': {
      const { error, retryAfterSeconds } = outcome
      const delay = delaySeconds({ attempt, retryAfterSeconds, retry: settings.retry, random }) * inMilliseconds
      return now + delay > giveUpAt
        ? ended(tried, { state: 'exhausted', error }, context)
        : waitUntil(tried, { nextAttemptAt: Math.round(now + delay), error }, context)
    }
    case 'unknown': {
      // The grace period doubles with each unknown attempt, so that a silent carrier does not get a call each minute.
      const unknownCount = tried.attempts.filter((each) => each.outcome === 'unknown').length
      const seconds = doublingSeconds(graceSeconds(action, settings), unknownCount, settings.retry.capSeconds)
      const graceEndsAt = now + seconds * inMilliseconds
      const repeatsAfterGrace = repeatsByItself(action, accountName, settings) && graceEndsAt <= giveUpAt
      const plan = { error: outcome.error, graceEndsAt, repeatsAfterGrace, dueAt: graceEndsAt }
      return enter(tried, { state: 'unconfirmed', ...plan }, now)
    }
  }
}

/** The submission after ThingSpace accepted it under this id, according to its response or to adopted callbacks. */
export function acceptedAs(
  submission: Submission,
  upstreamRequestId: string,
  { now, action, settings }: Pick<TransitionContext, 'now' | 'action' | 'settings'>,
): Submission {
  const within = resultsWithinSeconds(action, settings) * inMilliseconds
  const resultsDueAt = earlierDeadline(submission, now) ?? now + within
  const upstreamRequestIds = [...new Set([...submission.upstreamRequestIds, upstreamRequestId])]
  return { ...enter(submission, { state: 'submitted', resultsDueAt }, now), upstreamRequestIds }
}

/**
 * The deadline for results that a further upstream request id must not extend. The devices may have been shown as
 * expired already, and only a result may take a device out of that state.
 */
function earlierDeadline({ state, resultsDueAt }: Submission, now: number): number | undefined {
  if (state === 'submitted') return resultsDueAt
  return state === 'abandoned' ? now : undefined
}

/** The submission after it adopted the callbacks of an unknown attempt. They prove that ThingSpace accepted it. */
export function adoptedAs(
  submission: Submission,
  upstreamRequestId: string,
  context: Pick<TransitionContext, 'now' | 'action' | 'settings'>,
): Submission {
  const { attempts, updatedAt, state } = submission
  // The lease has expired, but the sweep has not recorded this attempt yet. The history must include it.
  const expired = { outcome: leaseExpired, startedAt: updatedAt, finishedAt: context.now }
  const history = state === 'submitting' ? withAttempt(submission, expired) : attempts
  const adopted = [...(submission.adopted ?? []), upstreamRequestId]
  return { ...acceptedAs({ ...submission, attempts: history }, upstreamRequestId, context), adopted }
}

const leaseExpired: SubmissionOutcome = { kind: 'unknown', cause: 'lease-expired', error: {} }

/** The submission after the lease of its attempt expired without an outcome. ThingSpace may have accepted it. */
export const afterLeaseExpired = (submission: Submission, context: TransitionContext): Submission =>
  afterOutcome(submission, { outcome: leaseExpired, startedAt: submission.updatedAt }, context)

/**
 * A submission that was `queued` or `waiting` when the table was put back. It may have been sent since, so it counts
 * as sent without a known response: callbacks can prove that ThingSpace accepted it, and only a harmless repeat is made.
 */
export function afterRestore(submission: Submission, context: TransitionContext): Submission {
  const { updatedAt: startedAt } = submission
  const begun = beginAttempt(submission, 'table-restored', { ...context, now: startedAt })
  const outcome = { kind: 'unknown', cause: 'table-restored', error: {} } as const
  return afterOutcome(begun, { outcome, startedAt }, context)
}
