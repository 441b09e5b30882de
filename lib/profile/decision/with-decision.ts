import type { DecisionRecord, Submission } from '../request/submission.ts'

/** Maximum number of decisions kept per submission. The oldest are dropped, so the item cannot grow without limit. */
const decisionsKept = 50
/** Maximum length of the name in a decision, in characters. A token can name its caller with 10 KB. */
const longestName = 500

/** Returns the submission with a decision added to its history. A long name is cut. */
export const withDecision = (submission: Submission, decision: DecisionRecord): Submission => ({
  ...submission,
  decisions: [
    ...(submission.decisions ?? []),
    { ...decision, by: decision.by.slice(0, longestName).toWellFormed() },
  ].slice(-decisionsKept),
})
