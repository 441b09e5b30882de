import type { RequestName } from './request-store.ts'
import type { UpstreamName } from './result.ts'
import type { Submission } from './submission.ts'

/** Submissions. Every update except countDeadLetter is fenced by the revision. */
export type SubmissionStore = {
  /** Creates the submissions that do not exist yet and leaves the others unchanged. */
  createSubmissions(submissions: readonly Submission[]): Promise<void>
  getSubmission(request: RequestName, submission: number): Promise<Submission | undefined>
  /** Lists submissions in the order of their devices: all, or those with devices in a range of positions. */
  listSubmissions(request: RequestName, range?: { from: number; count: number }): Promise<Submission[]>
  /** Replaces a submission if its revision is still that of `seen`. Otherwise returns the stored submission. */
  saveSubmission(next: Submission, seen: Pick<Submission, 'revision'>): Promise<SavedSubmission>
  /** Replaces a submission by its first half and creates the second half, in one transaction. */
  saveSplit(
    halves: { first: Submission; second: Submission },
    seen: Pick<Submission, 'revision'>,
  ): Promise<SavedSubmission>
  /** Replaces a submission and links the upstream request id to it, in one transaction. */
  saveAccepted(next: Submission, seen: Pick<Submission, 'revision'>, upstream: UpstreamName): Promise<SavedSubmission>
  /** Counts a work message in the dead-letter queue. Best effort: a concurrent transition may overwrite the count. */
  countDeadLetter(request: RequestName, submission: number): Promise<void>
}

/** `changed`: nothing was written, because another writer has changed the submission to `current`. */
export type SavedSubmission = { kind: 'saved' } | { kind: 'changed'; current: Submission }
