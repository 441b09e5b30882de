/** What travels in the submissions queue: never a payload. */
export type WorkMessage =
  | { kind: 'submission'; requestId: string; submission: number; attempt: number }
  | { kind: 'part'; requestId: string; part: number }

export type SubmissionQueue = {
  /** Sends work messages, each to be seen after its delay (0 to 900 seconds, SQS's limit). */
  send(messages: readonly { message: WorkMessage; delaySeconds: number }[]): Promise<void>
}
