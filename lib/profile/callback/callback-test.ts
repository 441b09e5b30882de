import * as z from 'zod/mini'
import type { CallbackCredentials } from '../request/callback.ts'

/** A message with which an operator tests the callback endpoint. It has the listener's credentials, like a callback. */
export type CallbackTest = { testId: string; credentials: CallbackCredentials }

/** A test that was received. Times are epoch milliseconds: when SQS received it, and when it was stored. */
type StoredCallbackTest = { testId: string; accountName: string; receivedAt: number; recordedAt: number }

/** Tests are kept apart from results and from quarantine, for a day. */
export type CallbackTestStore = {
  saveCallbackTest(test: Omit<StoredCallbackTest, 'recordedAt'>): Promise<void>
  readCallbackTest(testId: string): Promise<StoredCallbackTest | undefined>
}

const begin = '{"gatewayTest":'
const longest = 500
const Message = z.strictObject({
  gatewayTest: z.uuid(),
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
})

/** Writes the body of a test. */
export const writeCallbackTest = ({ testId, credentials: { username, password } }: CallbackTest): string =>
  JSON.stringify({ gatewayTest: testId, username, password })

/** Reads a test. Returns `undefined` for every other message. None of ThingSpace's messages has this form. */
export function readCallbackTest(body: string): CallbackTest | undefined {
  if (!body.startsWith(begin) || body.length > longest) return undefined
  try {
    const { gatewayTest: testId, username, password } = Message.parse(JSON.parse(body))
    return { testId, credentials: { username, password } }
  } catch {
    return undefined
  }
}
