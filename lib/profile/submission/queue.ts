import { laneOf, type ProfileRequest } from '../request/request.ts'
import type { Lane, Submission } from '../request/submission.ts'

/** A message of a submissions queue. It names the work and carries no payload; the worker reads the table. */
export type WorkMessage =
  /** Makes the next attempt of a submission. The worker ignores the message if `attempt` is not the stored number. */
  | { kind: 'submission'; requestId: string; submission: number; attempt: number }
  /** Creates the submissions of one manifest part of a bulk request. */
  | { kind: 'part'; requestId: string; part: number }

/** Where a work message waits. Within a lane the accounts get their turns, so none of them holds up the others. */
export type Place = { lane: Lane; accountName: string }

export type SubmissionQueue = {
  /** Sends work messages. Each becomes visible after its delay: 0 to 900 seconds, which is the limit of SQS. */
  send(messages: readonly ({ message: WorkMessage; delaySeconds: number } & Place)[]): Promise<void>
}

/**
 * The place of a request's work messages: the lane `single` if it fits into one submission. A message about a submission
 * uses the lane that the last decision about it chose.
 */
export const placeOf = (
  request: Pick<ProfileRequest, 'accountName' | 'deviceCount' | 'devicesPerSubmission'>,
  submission?: Pick<Submission, 'lane'>,
): Place => ({ lane: submission?.lane ?? laneOf(request), accountName: request.accountName })

/** A decision about at most so many submissions uses the lane `single`. Ten workers handle them in one round. */
const mostInSingleLane = 10

/** The place of the work messages that a decision sends, by the number of submissions that the whole decision is about. */
export const placeOfDecision = ({ accountName }: Pick<ProfileRequest, 'accountName'>, submissions: number): Place => ({
  lane: submissions <= mostInSingleLane ? 'single' : 'bulk',
  accountName,
})
