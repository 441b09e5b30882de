import type { ActionName } from '../../order/action-names.ts'
import type { Random } from '../../ports.ts'
import type { UpstreamError } from '../../request/outcome.ts'
import type { Settings } from '../../request/settings.ts'
import type { SubmissionState } from '../../request/states.ts'
import type { Submission } from '../../request/submission.ts'
import { hasUnknownAttempt } from './attempt-history.ts'

/**
 * The states that may follow each state. `submitted` is followed by results only. It may follow itself if an unknown
 * attempt turns out to have been accepted as well as its repeat.
 */
const followers: Readonly<Record<SubmissionState, readonly SubmissionState[]>> = {
  queued: ['submitting', 'cancelled', 'exhausted'],
  waiting: ['submitting', 'submitted', 'cancelled', 'exhausted', 'unconfirmed', 'waiting'],
  submitting: ['submitted', 'waiting', 'rejected', 'unconfirmed', 'exhausted'],
  unconfirmed: ['submitted', 'waiting', 'rejected', 'exhausted', 'unconfirmed', 'abandoned'],
  abandoned: ['submitted', 'waiting'],
  rejected: ['waiting'],
  exhausted: ['waiting'],
  submitted: ['submitted'],
  cancelled: [],
}

/** Whether a submission may go from one state to another. */
export const mayFollow = (from: SubmissionState, to: SubmissionState): boolean => followers[from].includes(to)

/**
 * Whether the outcome of an attempt may still be stored after the lease of the attempt expired. If an operator has
 * abandoned the submission meanwhile, only an acceptance may replace that decision.
 */
export const mayComeLate = (from: SubmissionState, to: SubmissionState): boolean =>
  mayFollow(from, to) && (from !== 'abandoned' || to === 'submitted')

/** The time and the settings, for transitions that do not depend on the request. */
export type TransitionTimes = Pick<TransitionContext, 'now' | 'settings'>

/** Everything that a transition depends on besides the submission. `now` is in epoch milliseconds. */
export type TransitionContext = {
  now: number
  random: Random
  settings: Settings
  action: ActionName
  accountName: string
}

/**
 * Whether a stored state may be older than the truth, because the table was put back to this time or a later one.
 * `at` is when it was stored, in epoch milliseconds. What is stored afterwards is certain again.
 */
export const mayBeOutdated = (at: number, { restoredAt }: Pick<Settings, 'restoredAt'>): boolean =>
  restoredAt !== undefined && at <= restoredAt

/** Factor from seconds to milliseconds. */
export const inMilliseconds = 1000

/** The members of a submission that belong to its state and are replaced when it changes. */
type Plan = Pick<
  Submission,
  | 'state'
  | 'leaseUntil'
  | 'nextAttemptAt'
  | 'graceEndsAt'
  | 'repeatsAfterGrace'
  | 'resultsDueAt'
  | 'dueAt'
  | 'awaitsDecision'
  | 'error'
>

/**
 * Moves a submission into a new state and drops the members of the old state (lease, dates, error). Every change of
 * state uses it. Throws if the new state may not follow the old one, which is a bug of the caller.
 */
export function enter(submission: Submission, plan: Plan, now: number): Submission {
  if (!mayFollow(submission.state, plan.state)) {
    throw new Error(`a submission may not go from ${submission.state} to ${plan.state}`)
  }
  const {
    leaseUntil,
    nextAttemptAt,
    graceEndsAt,
    repeatsAfterGrace,
    resultsDueAt,
    dueAt,
    awaitsDecision,
    held,
    error,
    ...kept
  } = submission
  return { ...kept, ...plan, revision: submission.revision + 1, updatedAt: now }
}

/** The submission waits until `nextAttemptAt` (epoch milliseconds) for its next attempt. */
export function waitUntil(
  submission: Submission,
  { nextAttemptAt, error }: { nextAttemptAt: number; error: Submission['error'] },
  { now, settings }: TransitionTimes,
): Submission {
  const dueAt = nextAttemptAt + settings.workMessageGraceSeconds * inMilliseconds
  return enter(submission, { state: 'waiting', nextAttemptAt, dueAt, ...(error === undefined ? {} : { error }) }, now)
}

/** The submission waits for a decision. If there is none within `decideWithinSeconds`, the sweep abandons it. */
export function awaitDecision(
  submission: Submission,
  error: Submission['error'],
  { now, settings }: TransitionTimes,
): Submission {
  const dueAt = now + settings.decideWithinSeconds * inMilliseconds
  const plan = { awaitsDecision: true, dueAt, ...(error === undefined ? {} : { error }) }
  return enter(submission, { state: 'unconfirmed', ...plan }, now)
}

/**
 * Ends a submission as `rejected` or `exhausted`, which both mean that ThingSpace accepted nothing. If an earlier
 * attempt is unknown, that is not certain, so the submission stays `unconfirmed` and waits for a decision.
 */
export function ended(
  submission: Submission,
  { state, error }: { state: 'rejected' | 'exhausted'; error: UpstreamError },
  times: TransitionTimes,
): Submission {
  return hasUnknownAttempt(submission)
    ? awaitDecision(submission, error, times)
    : enter(submission, { state, error }, times.now)
}
