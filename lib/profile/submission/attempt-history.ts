import type { Attempt, SubmissionOutcome } from '../request/outcome.ts'
import type { Submission } from '../request/submission.ts'

/** Enough to explain any history; older ones beyond it are dropped from the middle, never the first or the first doubt. */
const attemptsKept = 50

/** Whether the answer to any attempt was lost, so that ThingSpace may have what later attempts say it has not. */
export const hasUnknownAttempt = ({ attempts }: Submission): boolean =>
  attempts.some(({ outcome }) => outcome === 'unknown')

/** The same submission as if the attempt under way had left no trace. */
export const withoutAttempt = (submission: Submission): Submission => ({
  ...submission,
  attempts: submission.attempts.filter(({ attempt }) => attempt !== submission.attempt),
})

/**
 * The attempts of unknown outcome, begun by a time, that no adopted upstream request id accounts for yet; the latest of
 * them, for ids tell no attempt from another. An id that an answer named after all accounts for that answer's attempt.
 */
export function openUnknownAttempts({ attempts, adopted = [] }: Submission, begunBy: number): Attempt[] {
  const answered = new Set(attempts.map(({ upstreamRequestId }) => upstreamRequestId))
  const unknown = attempts.filter(({ outcome }) => outcome === 'unknown')
  // Those begun later count too: an id that was adopted may be that of any of them.
  const open = unknown.length - adopted.filter((id) => !answered.has(id)).length
  return open <= 0 ? [] : unknown.filter(({ startedAt }) => startedAt <= begunBy).slice(-open)
}

/** The history with what came of the attempt under way, in the place of anything recorded for it earlier. */
export function withAttempt(
  submission: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  finishedAt: number,
): Attempt[] {
  const others = withoutAttempt(submission).attempts
  const attempt: Attempt = {
    attempt: submission.attempt,
    startedAt,
    finishedAt,
    outcome: outcome.kind,
    ...('cause' in outcome ? { cause: outcome.cause } : {}),
    ...('error' in outcome ? { error: outcome.error } : {}),
    ...(outcome.kind === 'accepted' ? { upstreamRequestId: outcome.upstreamRequestId } : {}),
  }
  const all = [...others, attempt]
  if (all.length <= attemptsKept) return all
  // A doubt that were forgotten would let the submission end as if nothing had been accepted.
  const doubt = all.findIndex((tried) => tried.outcome === 'unknown')
  return all.toSpliced(doubt === 1 ? 2 : 1, 1)
}
