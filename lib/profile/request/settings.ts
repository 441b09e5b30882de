import type { Family } from '../order/action-names.ts'

/** The numbers of the protocol, from the deployment's parameters. */
export type Settings = {
  /** How many devices one submission holds, by family. */
  devicesPerSubmission: Readonly<Record<Family, number>>
  /** How long an attempt owns its submission: longer than the function may run, shorter than SQS's visibility. */
  leaseSeconds: number
  /** How long an unconfirmed submission waits for callbacks before it is repeated, or put before a person. */
  graceSeconds: { repeatable: number; other: number }
  /** Overrides every action's own deadline for results; used by stacks that cannot wait a day. */
  resultsWithinSeconds?: number
  retry: { firstDelaySeconds: number; capSeconds: number; maximumAgeSeconds: number }
  /** How long after a work message was due `sweep-due` sends it again. */
  workMessageGraceSeconds: number
  /** How long a doubt waits for a person before it is given up: shorter than anything is kept. */
  decideWithinSeconds: number
  /** Requests with more devices than this are summarised by the sweep, not with each result. */
  summariseAtOnceUpTo: number
  /** How long large requests collect results between two summaries. */
  summariseEverySeconds: number
  /** How long a result for another profile of a card waits for one of the ordered profile before it decides. */
  otherProfileSeconds: number
  /** Accounts whose unconfirmed submissions are repeated after the grace period, whatever the action. */
  repeatUnconfirmedFor: readonly string[]
}
