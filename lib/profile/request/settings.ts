import type { Family } from '../order/action-names.ts'

/** Limits and periods of the deployment. lib/environment.ts reads them from environment variables. */
export type Settings = {
  /** Maximum number of devices in one submission, by family. */
  devicesPerSubmission: Readonly<Record<Family, number>>
  /** How long an attempt holds its submission. Between the function's timeout and the queue's visibility timeout. */
  leaseSeconds: number
  /** How long an unconfirmed submission waits for callbacks before it is repeated or needs a decision. */
  graceSeconds: { repeatable: number; other: number }
  /** Overrides the deadline for results of every action. For test stacks that cannot wait a day. */
  resultsWithinSeconds?: number
  retry: { firstDelaySeconds: number; capSeconds: number; maximumAgeSeconds: number }
  /** The largest number of calls to ThingSpace at once, for each credential set. Calls are limited below it only after trouble. */
  postsAtOnce: number
  /** How many POSTs of a credential set may begin in a minute, as the contract with Verizon says. Zero: any number. */
  callsPerMinute: number
  /** How long after its date a work message counts as lost. The sweep then sends it again. */
  workMessageGraceSeconds: number
  /** How long a submission waits for a decision before it is abandoned. Shorter than the retention period. */
  decideWithinSeconds: number
  /** Requests with more devices than this are summarised by the sweep instead of with each result. */
  summariseAtOnceUpTo: number
  /** How long a large request collects results between two summaries. */
  summariseEverySeconds: number
  /** How long a result for another profile of a card waits for one of the ordered profile before it counts. */
  otherProfileSeconds: number
  /** Accounts whose unconfirmed submissions are repeated after the grace period, for every action. */
  repeatUnconfirmedFor: readonly string[]
  /** The time to which the table was put back, in epoch milliseconds. Undefined: it was not. */
  restoredAt?: number
}
