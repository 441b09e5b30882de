import type { Attempt, SubmissionOutcome } from '../../request/outcome.ts'
import type { Submission } from '../../request/submission.ts'

/** Number of attempts kept on a submission. Older ones are dropped, except the first and the first unknown one. */
const attemptsKept = 50

/** Whether the response to any attempt was lost, so that ThingSpace may have accepted the submission. */
export const hasUnknownAttempt = ({ attempts }: Submission): boolean =>
  attempts.some(({ outcome }) => outcome === 'unknown')

/** The submission without anything recorded for its current attempt. */
export const withoutAttempt = (submission: Submission): Submission => ({
  ...submission,
  attempts: submission.attempts.filter(({ attempt }) => attempt !== submission.attempt),
})

/**
 * The unknown attempts that began at or before `begunBy` (epoch milliseconds) and may still adopt an upstream request
 * id. Each adopted id accounts for one unknown attempt, but does not say for which. So the latest ones are returned. An
 * id that a late response named as well is not counted, because the response belongs to an attempt that is known.
 */
export function openUnknownAttempts({ attempts, adopted = [] }: Submission, begunBy: number): Attempt[] {
  const answered = new Set(attempts.map(({ upstreamRequestId }) => upstreamRequestId))
  const unknownAttempts = attempts.filter(({ outcome }) => outcome === 'unknown')
  // Count attempts that began later too: an adopted id may belong to any of them.
  const openCount = unknownAttempts.length - adopted.filter((id) => !answered.has(id)).length
  return openCount <= 0 ? [] : unknownAttempts.filter(({ startedAt }) => startedAt <= begunBy).slice(-openCount)
}

/**
 * The attempts of a submission with the outcome of its current attempt. It replaces an earlier outcome of the same
 * attempt. Times are in epoch milliseconds.
 */
export function withAttempt(
  submission: Submission,
  { outcome, startedAt, finishedAt }: { outcome: SubmissionOutcome; startedAt: number; finishedAt: number },
): Attempt[] {
  const attempt: Attempt = {
    attempt: submission.attempt,
    startedAt,
    finishedAt,
    outcome: outcome.kind,
    ...('cause' in outcome ? { cause: outcome.cause } : {}),
    ...('error' in outcome ? { error: outcome.error } : {}),
    ...(outcome.kind === 'accepted' ? { upstreamRequestId: outcome.upstreamRequestId } : {}),
  }
  const all = [...withoutAttempt(submission).attempts, attempt]
  if (all.length <= attemptsKept) return all
  // Keep one unknown attempt, or the submission could end as if ThingSpace had certainly accepted nothing.
  const firstUnknown = all.findIndex((each) => each.outcome === 'unknown')
  return all.toSpliced(firstUnknown === 1 ? 2 : 1, 1)
}
