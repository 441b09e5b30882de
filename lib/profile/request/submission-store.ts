import type { RequestName } from './request-store.ts'
import type { UpstreamName } from './result.ts'
import type { Submission } from './submission.ts'

export type SubmissionStore = {
  /** Creates what is not there yet; what exists stays as it is. */
  createSubmissions(submissions: readonly Submission[]): Promise<void>
  getSubmission(request: RequestName, submission: number): Promise<Submission | undefined>
  /** All submissions of a request, or those that hold devices of a range of positions, in the order of their devices. */
  listSubmissions(request: RequestName, range?: { from: number; count: number }): Promise<Submission[]>
  /** Replaces a submission if it is still at the revision of `seen`; else gives the current one. */
  saveSubmission(next: Submission, seen: Pick<Submission, 'revision'>): Promise<SavedSubmission>
  /** Replaces a submission by its first half and creates the second, both or neither. */
  saveSplit(
    halves: { first: Submission; second: Submission },
    seen: Pick<Submission, 'revision'>,
  ): Promise<SavedSubmission>
  /** The same in one transaction with the map item from the upstream request id to this submission. */
  saveAccepted(next: Submission, seen: Pick<Submission, 'revision'>, upstream: UpstreamName): Promise<SavedSubmission>
  /** Counts a work message that went to the dead-letter queue. Unfenced: a transition at the same moment may win over it. */
  countDeadLetter(request: RequestName, submission: number): Promise<void>
}

export type SavedSubmission = { kind: 'saved' } | { kind: 'changed'; current: Submission }
