import { errorParts } from '../request/outcome.ts'
import type { ProfileRequest } from '../request/request.ts'
import { type SubmissionState, isFinalRequest } from '../request/states.ts'
import type { HoldReason, Submission } from '../request/submission.ts'

/**
 * The next event of a request or submission that is not final. `at` is in epoch milliseconds and absent if the time is
 * unknown. `why` is a text for users: API responses and the operators' command line show it.
 */
export type NextStep = {
  what: 'first-attempt' | 'answer' | 'retry' | 'callbacks' | 'repeat' | 'decision' | 'results'
  at?: number
  why: string
}

/** The next step of one submission. Undefined if the gateway does nothing more with it. */
export function nextStepOf(submission: Submission, request: ProfileRequest): NextStep | undefined {
  const { state, attempt, nextAttemptAt, leaseUntil, resultsDueAt } = submission
  switch (state) {
    case 'queued':
      return {
        what: 'first-attempt',
        ...dated(nextAttemptAt),
        why: submission.held === undefined ? 'Queued for the first attempt.' : heldText(submission.held),
      }
    case 'submitting':
      return { what: 'answer', ...dated(leaseUntil), why: `Attempt ${attempt} is waiting for ThingSpace's response.` }
    case 'waiting':
      return {
        what: 'retry',
        ...dated(nextAttemptAt),
        why: `${waitingText(submission)} Retries continue until ${isoText(submission.giveUpAt)}.`,
      }
    case 'unconfirmed':
      return unconfirmedStep(submission, request)
    case 'submitted':
      return {
        what: 'results',
        ...dated(resultsDueAt),
        why: 'Accepted by ThingSpace. Devices without a result by this time expire.',
      }
    case 'rejected':
    case 'exhausted':
    case 'cancelled':
    case 'abandoned':
      return undefined
  }
}

/** Why an attempt is held, for users. docs/api.md lists these texts. */
export const holdReasons = {
  busy: 'ThingSpace already gets as many calls as it takes at present, and this attempt waits for its turn.',
  'retry-after': 'ThingSpace asked the gateway to wait before it makes further calls with these credentials.',
  failing:
    'All recent calls with these credentials failed. The gateway tries ThingSpace with one harmless call at a time until it answers.',
} as const satisfies Record<HoldReason, string>

const heldText = ({ why, since }: NonNullable<Submission['held']>): string =>
  `${holdReasons[why]} Held since ${isoText(since)}, without using up an attempt.`

/** What happened last to a submission, and why its next attempt is held. */
function waitingText(submission: Submission): string {
  const outcome = submission.attempt === 0 ? '' : `${lastOutcome(submission)}${errorOf(submission)}.`
  const held = submission.held === undefined ? '' : heldText(submission.held)
  return [outcome, held].filter((text) => text !== '').join(' ')
}

/** ThingSpace's last error in parentheses, or an empty text. */
function errorOf({ error }: Submission): string {
  const { status, ...words } = error ?? {}
  // The code says more than the status.
  const parts = errorParts(words.code === undefined ? { status, ...words } : words)
  return parts.length === 0 ? '' : ` (${parts.join(': ')})`
}

/**
 * Describes an attempt whose outcome is unknown. If its lease expired, the function stopped before it stored an outcome.
 * The call follows the claim at once, so ThingSpace may have received it.
 */
function unknownOutcome({ attempt, attempts }: Submission): string {
  switch (attempts.at(-1)?.cause) {
    case 'lease-expired':
      return `Attempt ${attempt} ended without a recorded response`
    case 'table-restored':
      return `The table was put back to an earlier time, and attempt ${attempt} may have been made since then`
    default:
      return `The response to attempt ${attempt} was lost`
  }
}

/** The outcome of the attempt before the next one. It is unknown if an operator, a caller or a setting chose to retry. */
function lastOutcome(submission: Submission): string {
  const { attempt, attempts } = submission
  switch (attempts.at(-1)?.outcome) {
    case 'unknown':
      return unknownOutcome(submission)
    case 'refused':
      return `Attempt ${attempt} was refused`
    case 'accepted':
    case 'not-accepted':
    case undefined:
      return `Attempt ${attempt} was not accepted`
  }
}

function unconfirmedStep(submission: Submission, { action, cancelledAt }: ProfileRequest): NextStep {
  const { awaitsDecision, dueAt, graceEndsAt, repeatsAfterGrace } = submission
  const happened = `${unknownOutcome(submission)}${errorOf(submission)}, so ThingSpace may or may not have run this ${action}.`
  if (awaitsDecision === true) {
    const retry = cancelledAt === undefined ? 'Retry it with POST .../retry, or give' : 'Give'
    const end = dueAt === undefined ? '' : ` It is given up automatically on ${isoText(dueAt).slice(0, 10)}.`
    return {
      what: 'decision',
      ...dated(dueAt),
      why: `${happened} No callback has arrived. ${retry} it up with POST .../cancel and {"abandonUnconfirmed": true}.${end}`,
    }
  }
  const repeats = repeatsAfterGrace === true && cancelledAt === undefined
  return {
    what: repeats ? 'repeat' : 'callbacks',
    ...dated(graceEndsAt),
    why: `${happened} If no callback arrives by this time, ${repeats ? 'the gateway retries it' : 'it waits for a decision'}.`,
  }
}

/** States by urgency for the reader: an unknown outcome may need a decision, so it comes first. */
const urgency: readonly SubmissionState[] = ['unconfirmed', 'waiting', 'submitting', 'queued', 'submitted']

/** The next step of a request: that of its most urgent submission. Undefined if the request is final. */
export function nextStepOfRequest(request: ProfileRequest, submissions: readonly Submission[]): NextStep | undefined {
  if (isFinalRequest(request.summary.status)) return undefined
  for (const state of urgency) {
    const found = submissions
      .filter((submission) => submission.state === state)
      .toSorted((a, b) => Number(b.awaitsDecision ?? false) - Number(a.awaitsDecision ?? false))
    if (found[0] !== undefined) return nextStepOf(found[0], request)
  }
  return { what: 'first-attempt', ...dated(request.dueAt), why: 'The submissions are being created.' }
}

const dated = (at: number | undefined) => (at === undefined ? {} : { at })
const isoText = (instant: number) => new Date(instant).toISOString()
