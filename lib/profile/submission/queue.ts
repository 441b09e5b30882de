/** A message of the submissions queue. It names the work and carries no payload; the worker reads the table. */
export type WorkMessage =
  /** Makes the next attempt of a submission. The worker ignores the message if `attempt` is not the stored number. */
  | { kind: 'submission'; requestId: string; submission: number; attempt: number }
  /** Creates the submissions of one manifest part of a bulk request. */
  | { kind: 'part'; requestId: string; part: number }

export type SubmissionQueue = {
  /** Sends work messages. Each becomes visible after its delay: 0 to 900 seconds, which is the limit of SQS. */
  send(messages: readonly { message: WorkMessage; delaySeconds: number }[]): Promise<void>
}
