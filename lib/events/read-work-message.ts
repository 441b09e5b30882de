import * as z from 'zod/mini'
import type { WorkMessage } from '../profile/submission/queue.ts'

const count = z.int().check(z.nonnegative())
const StoredWorkMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('submission'), requestId: z.string(), submission: count, attempt: count }),
  z.object({ kind: z.literal('part'), requestId: z.string(), part: count }),
])

/**
 * Reads a work message. Throws for any other message, which then goes to the dead-letter queue, where an alarm reports
 * it.
 */
export const readWorkMessage = (body: string): WorkMessage => StoredWorkMessage.parse(JSON.parse(body))
