import type { ActionName } from '../order/action-names.ts'
import { isInDoubt, withAttempt, withoutAttempt } from './attempt-history.ts'
import type { SubmissionOutcome, UpstreamError } from '../request/outcome.ts'
import type { Random } from '../ports.ts'
import type { Settings } from '../request/settings.ts'
import type { SubmissionState } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'
import { delaySeconds, doublingSeconds, graceSeconds, repeatsByItself, resultsWithinSeconds } from './retry-policy.ts'

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
export type Moment = Pick<Circumstances, 'now' | 'settings'>

/** What every transition needs to know of the world. */
export type Circumstances = {
  now: number
  random: Random
  settings: Settings
  action: ActionName
  accountName: string
}

const inMilliseconds = 1000
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
function enter(submission: Submission, plan: Plan, now: number): Submission {
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

/** Begins the next attempt under a lease. From `queued` or `waiting` only. */
export function beginAttempt(submission: Submission, claimId: string, { now, settings }: Moment): Submission {
  const leaseUntil = now + settings.leaseSeconds * inMilliseconds
  const begun = enter(submission, { state: 'submitting', leaseUntil, dueAt: leaseUntil }, now)
  return { ...begun, attempt: submission.attempt + 1, claimId }
}

/**
 * Whether a refusal is to be narrowed down: it may be one device's fault, there are several, and no other attempt is
 * in doubt. A refusal means that nothing ran, so sending the halves sends nothing twice. One that comes after its lease
 * settles the doubt about its own attempt.
 */
export const isToBeSplit = (submission: Submission, outcome: SubmissionOutcome): boolean =>
  outcome.kind === 'refused' &&
  outcome.mayBlameOneDevice === true &&
  submission.deviceCount > 1 &&
  !isInDoubt(withoutAttempt(submission))

/** Cuts a refused submission in two, both to be sent anew; the first half goes on under its name. */
export function splitAfterRefusal(
  submission: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  circumstances: Circumstances,
): { first: Submission; second: Submission } {
  const { now } = circumstances
  const kept = Math.ceil(submission.deviceCount / 2)
  const noted = { ...submission, attempts: withAttempt(submission, outcome, startedAt, now), deviceCount: kept }
  const error = 'error' in outcome ? outcome.error : undefined
  const first = waitUntil(noted, now, circumstances, error)
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

/** What an attempt's outcome makes of its submission, by the table of docs/design.md ("What came back"). */
export function afterOutcome(
  submission: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  circumstances: Circumstances,
): Submission {
  const { now } = circumstances
  const noted = { ...submission, attempts: withAttempt(submission, outcome, startedAt, now) }
  switch (outcome.kind) {
    case 'accepted':
      return acceptedAs(noted, outcome.upstreamRequestId, circumstances)
    case 'refused':
      return ended(noted, 'rejected', outcome.error, circumstances)
    case 'not-accepted': {
      const delay = delaySeconds(
        submission.attempt,
        outcome.retryAfterSeconds,
        circumstances.settings.retry,
        circumstances.random,
      )
      if (now + delay * inMilliseconds > submission.giveUpAt)
        return ended(noted, 'exhausted', outcome.error, circumstances)
      return waitUntil(noted, Math.round(now + delay * inMilliseconds), circumstances, outcome.error)
    }
    case 'unknown': {
      const { action, accountName, settings } = circumstances
      // Each further doubt waits longer, so that a carrier that answers nothing is not asked once a minute for a day.
      const doubts = noted.attempts.filter((tried) => tried.outcome === 'unknown').length
      const seconds = doublingSeconds(graceSeconds(action, settings), doubts, settings.retry.capSeconds)
      const graceEndsAt = now + seconds * inMilliseconds
      const repeatsAfterGrace = repeatsByItself(action, accountName, settings) && graceEndsAt <= submission.giveUpAt
      const plan = { error: outcome.error, graceEndsAt, repeatsAfterGrace, dueAt: graceEndsAt }
      return enter(noted, { state: 'unconfirmed', ...plan }, now)
    }
  }
}

/** ThingSpace has it under this id: by its own answer, or because its callbacks were adopted. */
export function acceptedAs(
  submission: Submission,
  upstreamRequestId: string,
  { now, action, settings }: Pick<Circumstances, 'now' | 'action' | 'settings'>,
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
  circumstances: Pick<Circumstances, 'now' | 'action' | 'settings'>,
): Submission {
  const { attempts: tried, updatedAt, state } = submission
  // Nobody has told yet that the lease of the attempt ran out: without it the history would not say that it was made.
  const attempts = state === 'submitting' ? withAttempt(submission, leaseExpired, updatedAt, circumstances.now) : tried
  const adopted = [...(submission.adopted ?? []), upstreamRequestId]
  return { ...acceptedAs({ ...submission, attempts }, upstreamRequestId, circumstances), adopted }
}

const leaseExpired: SubmissionOutcome = { kind: 'unknown', cause: 'lease-expired', error: {} }

/** The lease of an attempt ran out and nobody knows what became of it: ThingSpace may have it. */
export const afterLeaseExpired = (submission: Submission, circumstances: Circumstances): Submission =>
  afterOutcome(submission, leaseExpired, submission.updatedAt, circumstances)

/** The grace period of an unconfirmed submission is over: repeat if that does no harm, else wait for a person. */
export function afterGrace(submission: Submission, circumstances: Circumstances): Submission {
  const { now, action, accountName, settings } = circumstances
  return repeatsByItself(action, accountName, settings) && now <= submission.giveUpAt
    ? waitUntil(submission, now, circumstances, submission.error)
    : awaitDecision(submission, submission.error, circumstances)
}

/** A person or an app decided that it is to be tried (again), whatever is known of earlier attempts. */
export function afterRetryDecision(submission: Submission, circumstances: Circumstances): Submission {
  const giveUpAt = circumstances.now + circumstances.settings.retry.maximumAgeSeconds * inMilliseconds
  return waitUntil({ ...submission, giveUpAt }, circumstances.now, circumstances, submission.error)
}

/**
 * Stops a submission that waits: `cancelled` if nothing of it was accepted. Where an earlier attempt's answer was lost
 * only its repetition is stopped, and the doubt is a person's to decide.
 */
export const cancel = (submission: Submission, moment: Moment): Submission =>
  isInDoubt(submission)
    ? awaitDecision(submission, submission.error, moment)
    : enter(submission, { state: 'cancelled' }, moment.now)

/** A person gives up on learning what became of it. Callbacks that come after all are still adopted. */
export const abandon = (submission: Submission, now: number): Submission =>
  enter(submission, { state: 'abandoned', ...(submission.error === undefined ? {} : { error: submission.error }) }, now)

/** Whether its time to be tried is over by so much that no worker can have it in hand. */
export const isForgotten = ({ giveUpAt }: Submission, { now, settings }: Moment): boolean =>
  now > giveUpAt + settings.leaseSeconds * inMilliseconds

/** Its time is over without ThingSpace ever having accepted it (or, where that is in doubt, a person must look). */
export const giveUp = (submission: Submission, moment: Moment): Submission =>
  ended(submission, 'exhausted', submission.error ?? {}, moment)

/** Its pointer was sent again: when to look next. */
export const pointerSentAgain = (submission: Submission, { now, settings }: Moment): Submission => ({
  ...submission,
  dueAt: now + settings.pointerGraceSeconds * inMilliseconds,
  revision: submission.revision + 1,
  updatedAt: now,
})

function waitUntil(
  submission: Submission,
  nextAttemptAt: number,
  { now, settings }: Circumstances,
  error: Submission['error'],
): Submission {
  const dueAt = nextAttemptAt + settings.pointerGraceSeconds * inMilliseconds
  return enter(submission, { state: 'waiting', nextAttemptAt, dueAt, ...(error === undefined ? {} : { error }) }, now)
}

/** Puts it before a person, for a long time but not for ever: it would vanish in the end, and nobody would know of it. */
function awaitDecision(submission: Submission, error: Submission['error'], { now, settings }: Moment): Submission {
  const dueAt = now + settings.decideWithinSeconds * inMilliseconds
  const plan = { awaitsDecision: true, dueAt, ...(error === undefined ? {} : { error }) }
  return enter(submission, { state: 'unconfirmed', ...plan }, now)
}

/**
 * `rejected` and `exhausted` say that nothing was accepted. Where an earlier attempt's answer was lost that is not
 * known, even if this one was refused, so the submission stays `unconfirmed` before a person.
 */
function ended(
  submission: Submission,
  state: 'rejected' | 'exhausted',
  error: UpstreamError,
  moment: Moment,
): Submission {
  return isInDoubt(submission)
    ? awaitDecision(submission, error, moment)
    : enter(submission, { state, error }, moment.now)
}
