import * as z from 'zod/mini'

/** The dead-letter queues: of work messages, of callbacks, and of the table's change stream. */
export const DeadLetterKind = z.enum(['submissions', 'callbacks', 'changes'])
export type DeadLetterKind = z.infer<typeof DeadLetterKind>

/** The queues whose messages can be sent to the queue that they came from. Batches of the stream have no such queue. */
export const RedrivenKind = z.enum(['submissions', 'callbacks'])
export type RedrivenKind = z.infer<typeof RedrivenKind>
