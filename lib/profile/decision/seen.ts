import type { Submission } from '../request/submission.ts'

/** A submission as the person saw it who decides. */
export type Seen = Pick<Submission, 'attempt' | 'state' | 'revision'>

/** Whether a submission has changed since it was seen. Every transition increments the revision. */
export const hasMovedOn = (submission: Submission, seen: Seen | undefined): boolean =>
  seen === undefined || seen.revision !== submission.revision

/** The plan of a decision, for its record. */
export const ofPlan = (planId: string | undefined): { planId?: string } => (planId === undefined ? {} : { planId })
