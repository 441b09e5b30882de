import type { Attempt, SubmissionOutcome } from './outcome.ts'
import type { Submission } from './request.ts'

/** Enough to explain any history; older ones beyond it are dropped from the middle, never the first or the first doubt. */
const attemptsKept = 50

/** Whether the answer to any attempt was lost, so that ThingSpace may have what later attempts say it has not. */
export const isInDoubt = ({ attempts }: Submission): boolean => attempts.some(({ outcome }) => outcome === 'unknown')

/** How many attempts of unknown outcome, begun by a time, no adopted upstream request id accounts for yet. */
export const openDoubts = ({ attempts, adopted = [] }: Submission, begunBy: number): number =>
  attempts.filter(({ outcome, startedAt }) => outcome === 'unknown' && startedAt <= begunBy).length - adopted.length

/** The history with what came of the attempt under way, in the place of anything noted for it earlier. */
export function withAttempt(
  submission: Submission,
  outcome: SubmissionOutcome,
  startedAt: number,
  finishedAt: number,
): Attempt[] {
  const others = submission.attempts.filter(({ attempt }) => attempt !== submission.attempt)
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
