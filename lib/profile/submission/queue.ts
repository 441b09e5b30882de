/** What travels in the submissions queue: never a payload. */
export type Pointer =
  | { kind: 'submission'; requestId: string; submission: number; attempt: number }
  | { kind: 'part'; requestId: string; part: number }

export type SubmissionQueue = {
  /** Sends pointers, each to be seen after its delay (0 to 900 seconds, SQS's limit). */
  send(pointers: readonly { pointer: Pointer; delaySeconds: number }[]): Promise<void>
}
