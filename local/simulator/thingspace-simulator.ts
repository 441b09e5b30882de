import type { Reading } from './actions.ts'
import type { BadDay, BadDayOrder } from './bad-days.ts'
import type { CallbackRecord } from './callback/delivery.ts'
import type { DeliveryAnswer } from './callback/listener-call.ts'
import type { Listener } from './api/listeners.ts'
import type { TokenRequest } from './api/oauth.ts'
import type { Login } from './api/session.ts'
import type { SimulatorSettings } from './settings.ts'
import type { AcceptedSubmission } from './api/submissions.ts'

/** What a reset may keep: the listeners, or the credentials (token, sessions and login records). */
type Kept = 'listeners' | 'credentials'

/** A simulator of ThingSpace, and its control operations. The control port offers the same operations over HTTP. */
export type ThingSpaceSimulator = {
  /** `baseUrl` is ThingSpace's host: paths begin with `/api`. `controlUrl` ends in `/control`. */
  start: () => Promise<{ baseUrl: string; controlUrl: string; port: number; controlPort: number }>
  stop: () => Promise<void>
  /** Restores the initial state except for what is kept. Drops planned callbacks. */
  reset: (keep?: readonly Kept[]) => Promise<void>
  /** Resolves when every callback planned so far has been delivered or given up. */
  idle: () => Promise<void>
  /** Replaces the simulated faults. Resolves when they are in effect. */
  setBadDays: (days: readonly BadDayOrder[]) => Promise<void>
  badDays: () => readonly BadDay[]
  submissions: () => readonly AcceptedSubmission[]
  callbacks: () => readonly CallbackRecord[]
  logins: () => readonly Login[]
  tokenRequests: () => readonly TokenRequest[]
  listeners: () => readonly Listener[]
  lockedUsers: () => readonly string[]
  unlock: () => void
  /** Sends the callbacks of a request again. Returns how many there were. */
  redeliver: (requestId: string) => Promise<number>
  /** Sends a text to a registered listener unchanged. Returns undefined if there is no such listener. */
  sendRawCallback: (accountName: string, serviceName: string, body: string) => Promise<DeliveryAnswer | undefined>
  /** Returns a request id that the simulator gives to no caller. */
  strangerId: () => string
  /** Changes the reading of Verizon's documentation for request bodies and status look-ups. */
  read: (reading: Reading) => void
  settings: SimulatorSettings
}
