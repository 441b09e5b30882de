import type { DeadLetterKind } from '../profile/support/dead-letter-kinds.ts'
import type { Classify } from '../profile/support/redrive-dead-letters.ts'
import { readWorkMessage } from './read-work-message.ts'

/** How the messages of each queue are counted. Messages without a kind cannot be read and stay in the queue. */
export const classifiers: Readonly<Record<DeadLetterKind, Classify>> = {
  submissions({ body }) {
    try {
      return readWorkMessage(body).kind
    } catch {
      return undefined
    }
  },
  callbacks: ({ attributes }) => `account ${attributes['accountName'] ?? '- (not from the callback endpoint)'}`,
  changes: () => 'batch',
}
