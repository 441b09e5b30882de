import type { ActionName } from '../order/action-names.ts'
import { hasUnknownAttempt } from './attempt-history.ts'
import type { UpstreamError } from '../request/outcome.ts'
import type { Random } from '../ports.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionState } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'

/**
 * Which state may follow which. After `submitted` the rest of the story are results; it follows itself when a lost
 * attempt turns out to have been accepted beside its repeat.
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
 * Whether what came of an attempt may still be written over what was made of it when its lease ran out. Somebody who gave
 * it up has decided; only that ThingSpace has it weighs more.
 */
export const mayComeLate = (from: SubmissionState, to: SubmissionState): boolean =>
  mayFollow(from, to) && (from !== 'abandoned' || to === 'submitted')

/** What a transition needs to know of the world that waits for somebody. */
export type TransitionTimes = Pick<TransitionContext, 'now' | 'settings'>

/** What every transition needs to know of the world. */
export type TransitionContext = {
  now: number
  random: Random
  settings: Settings
  action: ActionName
  accountName: string
}

export const inMilliseconds = 1000
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

/** Rebuilds a submission in a new state: what belonged to the old state (lease, dates, error) does not linger. */
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
    error,
    ...kept
  } = submission
  return { ...kept, ...plan, revision: submission.revision + 1, updatedAt: now }
}

export function waitUntil(
  submission: Submission,
  nextAttemptAt: number,
  { now, settings }: TransitionContext,
  error: Submission['error'],
): Submission {
  const dueAt = nextAttemptAt + settings.workMessageGraceSeconds * inMilliseconds
  return enter(submission, { state: 'waiting', nextAttemptAt, dueAt, ...(error === undefined ? {} : { error }) }, now)
}

/** Puts it before a person, for a long time but not for ever: it would vanish in the end, and nobody would know of it. */
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
 * `rejected` and `exhausted` say that nothing was accepted. Where an earlier attempt's answer was lost that is not
 * known, even if this one was refused, so the submission stays `unconfirmed` before a person.
 */
export function ended(
  submission: Submission,
  state: 'rejected' | 'exhausted',
  error: UpstreamError,
  context: TransitionTimes,
): Submission {
  return hasUnknownAttempt(submission)
    ? awaitDecision(submission, error, context)
    : enter(submission, { state, error }, context.now)
}
