import type { DecisionRecord, Submission } from '../request/submission.ts'

/** Maximum number of decisions kept per submission. The oldest are dropped, so the item cannot grow without limit. */
const decisionsKept = 50

/** Returns the submission with a decision added to its history. */
export const withDecision = (submission: Submission, decision: DecisionRecord): Submission => ({
  ...submission,
  decisions: [...(submission.decisions ?? []), decision].slice(-decisionsKept),
})
