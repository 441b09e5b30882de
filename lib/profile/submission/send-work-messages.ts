import type { Clock, Log } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'
import { type Place, placeOf, type SubmissionQueue } from './queue.ts'

/** The longest delay of an SQS message. A message for a later time arrives early and is sent again. */
export const longestDelaySeconds = 900

/**
 * Sends the work message for the next attempt of a submission, delayed until `nextAttemptAt`.
 * Does not throw: if the queue fails, the sweep finds the submission by its `dueAt` and sends the message again.
 */
export async function sendWorkMessage(
  { requestId, submission, attempt, nextAttemptAt }: Submission,
  place: Place,
  { queue, clock, log }: { queue: SubmissionQueue; clock: Clock; log: Log },
): Promise<void> {
  const delaySeconds = Math.min(longestDelaySeconds, Math.max(0, Math.ceil(((nextAttemptAt ?? 0) - clock()) / 1000)))
  try {
    await queue.send([{ message: { kind: 'submission', requestId, submission, attempt }, delaySeconds, ...place }])
  } catch (error) {
    log.error('work message not sent', { requestId, submission, attempt, error })
  }
}

/**
 * Sends a work message for each of these manifest parts, so that a worker creates their submissions.
 * Does not throw: if the queue fails, the request is still due and the sweep sends the messages again.
 */
export async function sendPartMessages(
  request: Pick<ProfileRequest, 'requestId' | 'accountName' | 'deviceCount' | 'devicesPerSubmission'>,
  parts: readonly number[],
  { queue, log }: { queue: SubmissionQueue; log: Log },
): Promise<void> {
  const { requestId } = request
  const place = placeOf(request)
  try {
    await queue.send(parts.map((part) => ({ message: { kind: 'part', requestId, part }, delaySeconds: 0, ...place })))
  } catch (error) {
    log.error('work messages to parts not sent', { requestId, error })
  }
}
