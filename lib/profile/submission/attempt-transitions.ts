import { withAttempt } from './attempt-history.ts'
import type { SubmissionOutcome } from '../request/outcome.ts'
import type { Submission } from '../request/submission.ts'
import { delaySeconds, doublingSeconds, graceSeconds, repeatsByItself, resultsWithinSeconds } from './retry-policy.ts'
import type { TransitionTimes, TransitionContext } from './transitions.ts'
import { inMilliseconds, enter, waitUntil, ended } from './transitions.ts'

/** Begins the next attempt under a lease. From `queued` or `waiting` only. */
export function beginAttempt(submission: Submission, claimId: string, { now, settings }: TransitionTimes): Submission {
  const leaseUntil = now + settings.leaseSeconds * inMilliseconds
  const begun = enter(submission, { state: 'submitting', leaseUntil, dueAt: leaseUntil }, now)
  return { ...begun, attempt: submission.attempt + 1, claimId }
}

/** What an attempt's outcome makes of its submission, by the table of docs/design.md ("What came back"). */
export function afterOutcome(
  submission: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  context: TransitionContext,
): Submission {
  const { now } = context
  const recorded = { ...submission, attempts: withAttempt(submission, outcome, startedAt, now) }
  switch (outcome.kind) {
    case 'accepted':
      return acceptedAs(recorded, outcome.upstreamRequestId, context)
    case 'refused':
      return ended(recorded, 'rejected', outcome.error, context)
    case 'not-accepted': {
      const delay = delaySeconds(submission.attempt, outcome.retryAfterSeconds, context.settings.retry, context.random)
      if (now + delay * inMilliseconds > submission.giveUpAt)
        return ended(recorded, 'exhausted', outcome.error, context)
      return waitUntil(recorded, Math.round(now + delay * inMilliseconds), context, outcome.error)
    }
    case 'unknown': {
      const { action, accountName, settings } = context
      // Each further doubt waits longer, so that a carrier that answers nothing is not asked once a minute for a day.
      const unknown = recorded.attempts.filter((tried) => tried.outcome === 'unknown').length
      const seconds = doublingSeconds(graceSeconds(action, settings), unknown, settings.retry.capSeconds)
      const graceEndsAt = now + seconds * inMilliseconds
      const repeatsAfterGrace = repeatsByItself(action, accountName, settings) && graceEndsAt <= submission.giveUpAt
      const plan = { error: outcome.error, graceEndsAt, repeatsAfterGrace, dueAt: graceEndsAt }
      return enter(recorded, { state: 'unconfirmed', ...plan }, now)
    }
  }
}

/** ThingSpace has it under this id: by its own answer, or because its callbacks were adopted. */
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
 * Where devices may have been shown as expired already, a further id opens no second wait: they leave that state by a
 * result alone, whenever it comes.
 */
function earlierDeadline({ state, resultsDueAt }: Submission, now: number): number | undefined {
  if (state === 'submitted') return resultsDueAt
  return state === 'abandoned' ? now : undefined
}

/** Callbacks came for an attempt whose answer was lost, so ThingSpace has it under their id. */
export function adoptedAs(
  submission: Submission,
  upstreamRequestId: string,
  context: Pick<TransitionContext, 'now' | 'action' | 'settings'>,
): Submission {
  const { attempts: tried, updatedAt, state } = submission
  // Nobody has told yet that the lease of the attempt ran out: without it the history would not say that it was made.
  const attempts = state === 'submitting' ? withAttempt(submission, leaseExpired, updatedAt, context.now) : tried
  const adopted = [...(submission.adopted ?? []), upstreamRequestId]
  return { ...acceptedAs({ ...submission, attempts }, upstreamRequestId, context), adopted }
}

const leaseExpired: SubmissionOutcome = { kind: 'unknown', cause: 'lease-expired', error: {} }

/** The lease of an attempt ran out and nobody knows what became of it: ThingSpace may have it. */
export const afterLeaseExpired = (submission: Submission, context: TransitionContext): Submission =>
  afterOutcome(submission, leaseExpired, submission.updatedAt, context)
