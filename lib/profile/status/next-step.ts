import type { ProfileRequest } from '../request/request.ts'
import { type SubmissionState, isFinalRequest } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'

/** What happens next with something that is not final, when, and why. `at` is absent where nobody can know. */
export type NextStep = {
  what: 'first-attempt' | 'answer' | 'retry' | 'callbacks' | 'repeat' | 'decision' | 'results'
  at?: number
  why: string
}

/** The next step of one submission; nothing when only its devices' results are known to matter no more. */
export function nextStepOf(submission: Submission, request: ProfileRequest): NextStep | undefined {
  const { state, nextAttemptAt, leaseUntil, graceEndsAt, resultsDueAt, error } = submission
  const said = [error?.code ?? error?.status, error?.message].filter((part) => part !== undefined).join(': ')
  const because = said === '' ? '' : ` (${said})`
  switch (state) {
    case 'queued':
      return { what: 'first-attempt', why: 'waits in the queue for its first attempt' }
    case 'submitting':
      return {
        what: 'answer',
        ...dated(leaseUntil),
        why: `attempt ${submission.attempt} waits for ThingSpace's answer`,
      }
    case 'waiting':
      return {
        what: 'retry',
        ...dated(nextAttemptAt),
        why: `${whyAgain(submission)}${because}; it is tried again until ${isoText(submission.giveUpAt)}`,
      }
    case 'unconfirmed':
      return unconfirmedStep(submission, request, because, graceEndsAt)
    case 'submitted':
      return {
        what: 'results',
        ...dated(resultsDueAt),
        why: 'ThingSpace has it; devices without a result by then expire',
      }
    case 'rejected':
    case 'exhausted':
    case 'cancelled':
    case 'abandoned':
      return undefined
  }
}

/** What is known of an attempt without an outcome. Nothing takes time between its claim and its call, so it may have been sent. */
const lost = ({ attempt, attempts }: Submission): string =>
  attempts.at(-1)?.cause === 'lease-expired'
    ? `attempt ${attempt} ended without a recorded answer`
    : `the answer to attempt ${attempt} was lost`

/** What came of the last attempt of a submission that waits for the next; somebody may have decided so. */
function whyAgain(submission: Submission): string {
  const { attempt, attempts } = submission
  switch (attempts.at(-1)?.outcome) {
    case 'unknown':
      return lost(submission)
    case 'refused':
      return `attempt ${attempt} was refused`
    case 'accepted':
    case 'not-accepted':
    case undefined:
      return `attempt ${attempt} was not accepted`
  }
}

function unconfirmedStep(
  submission: Submission,
  { action, cancelledAt }: ProfileRequest,
  because: string,
  graceEndsAt: number | undefined,
): NextStep {
  const uncertainty = `${lost(submission)}${because}, so ThingSpace may or may not have it`
  if (submission.awaitsDecision === true) {
    const giveUp = 'POST /cancel with {"abandonUnconfirmed": true} gives it up'
    const options = cancelledAt === undefined ? `POST /retry repeats it, ${giveUp}` : giveUp
    const unasked = `no callback came, and ${action} is not repeated unasked`
    return {
      what: 'decision',
      ...dated(submission.dueAt),
      why: `${uncertainty}; ${unasked}: ${options}; it is given up by itself if nobody decides`,
    }
  }
  return submission.repeatsAfterGrace === true && cancelledAt === undefined
    ? { what: 'repeat', ...dated(graceEndsAt), why: `${uncertainty}; callbacks may settle it, else it is repeated` }
    : {
        what: 'callbacks',
        ...dated(graceEndsAt),
        why: `${uncertainty}; callbacks may settle it, else it waits for a decision`,
      }
}

/** What a person must know first: doubts before waits, and waits before results. */
const urgency: readonly SubmissionState[] = ['unconfirmed', 'waiting', 'submitting', 'queued', 'submitted']

/** The next step of a request: that of its most urgent submission; nothing once it is final. */
export function nextStepOfRequest(request: ProfileRequest, submissions: readonly Submission[]): NextStep | undefined {
  if (isFinalRequest(request.summary.status)) return undefined
  for (const state of urgency) {
    const found = submissions
      .filter((submission) => submission.state === state)
      .toSorted((a, b) => Number(b.awaitsDecision ?? false) - Number(a.awaitsDecision ?? false))
    if (found[0] !== undefined) return nextStepOf(found[0], request)
  }
  return { what: 'first-attempt', ...dated(request.dueAt), why: 'its submissions are being created' }
}

const dated = (at: number | undefined) => (at === undefined ? {} : { at })
const isoText = (instant: number) => new Date(instant).toISOString()
