import type { Reading } from './actions.ts'
import type { BadDay } from './bad-days.ts'
import { type BadDayOrder } from './bad-days.ts'
import { type CallbackRecord } from './callback/delivery.ts'
import type { DeliveryAnswer } from './callback/listener-call.ts'
import { type Listener } from './api/listeners.ts'
import { type TokenRequest } from './api/oauth.ts'
import { type Login } from './api/session.ts'
import { type SimulatorSettings } from './settings.ts'
import { type AcceptedSubmission } from './api/submissions.ts'

/** What a reset may leave as it is: the listeners, or the token, the sessions and the counted logins. */
export type Kept = 'listeners' | 'credentials'

export type ThingSpaceSimulator = {
  /** `baseUrl` is ThingSpace's host: paths begin with `/api`. `controlUrl` ends in `/control`. */
  start: () => Promise<{ baseUrl: string; controlUrl: string; port: number; controlPort: number }>
  stop: () => Promise<void>
  /** As after the start, but for what is kept. Callbacks still planned are dropped. */
  reset: (keep?: readonly Kept[]) => Promise<void>
  /** Resolves when every callback planned so far was delivered or given up. */
  idle: () => Promise<void>
  /** Replaces the bad days. Resolves when they are in effect. */
  setBadDays: (days: readonly BadDayOrder[]) => Promise<void>
  badDays: () => readonly BadDay[]
  submissions: () => readonly AcceptedSubmission[]
  callbacks: () => readonly CallbackRecord[]
  logins: () => readonly Login[]
  tokenRequests: () => readonly TokenRequest[]
  listeners: () => readonly Listener[]
  lockedUsers: () => readonly string[]
  unlock: () => void
  /** Sends the messages of a request once more; answers how many there were. */
  redeliver: (requestId: string) => Promise<number>
  /** Sends any text to a registered listener, as it is; `undefined` if there is no such listener. */
  sendRawCallback: (accountName: string, serviceName: string, body: string) => Promise<DeliveryAnswer | undefined>
  /** A request id that nobody was given. */
  strangerId: () => string
  /** Reads bodies and answers look-ups from now on as this reading of Verizon's sources says. */
  read: (reading: Reading) => void
  settings: SimulatorSettings
}
