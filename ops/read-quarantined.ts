import type { CallbackReading } from '../lib/profile/request/callback.ts'
import { readCallback } from '../lib/thingspace/callback/read-callback.ts'

/**
 * Reads the text of a quarantined message with today's callback reader. Accepts up to 1,000,000 characters, more than
 * the deployed function does, because no queue waits for an operator's command.
 */
export const readQuarantined = (raw: string): CallbackReading => readCallback(raw, { largest: 1_000_000 })
