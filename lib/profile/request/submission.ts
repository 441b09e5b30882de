import * as z from 'zod/mini'
import { Attempt, UpstreamError } from './outcome.ts'
import { SubmissionState } from './states.ts'
import { Instant } from './stored-values.ts'

/** Somebody's explicit decision about a submission: a caller of the API, or an operator at the command line. */
export const DecisionRecord = z.object({ at: Instant, by: z.string(), what: z.enum(['retry', 'cancel', 'abandon']) })
export type DecisionRecord = z.infer<typeof DecisionRecord>

/** What one POST to ThingSpace is to be, was, and became: a range of the request's devices. */
export const Submission = z.object({
  requestId: z.string(),
  /** That of its request. */
  generation: z.string(),
  /** Named after the position of its first device, so that the halves of a split one have names of their own. */
  submission: z.int().check(z.nonnegative()),
  firstDevice: z.int().check(z.nonnegative()),
  deviceCount: z.int().check(z.positive()),
  state: SubmissionState,
  /** Tries begun so far: a work message to another one is late. */
  attempt: z.int().check(z.nonnegative()),
  /** Grows with each transition; the fence: whoever saw another may not write. */
  revision: z.int().check(z.nonnegative()),
  /** Who began the attempt, so that a worker whose write succeeded but whose answer was lost recognises its own. */
  claimId: z.optional(z.string()),
  attempts: z.array(Attempt),
  createdAt: Instant,
  updatedAt: Instant,
  leaseUntil: z.optional(Instant),
  nextAttemptAt: z.optional(Instant),
  /** After this no more retries: `exhausted`. A decision to retry sets it anew. */
  giveUpAt: Instant,
  graceEndsAt: z.optional(Instant),
  /** What the end of the grace period is expected to bring: a repeat, or a person's decision. Shown, not acted on. */
  repeatsAfterGrace: z.optional(z.boolean()),
  resultsDueAt: z.optional(Instant),
  /** More than one only if an attempt of unknown outcome turned out to be accepted beside its repeat. */
  upstreamRequestIds: z.array(z.string()),
  /** Those among them that were learnt from callbacks, not from an answer. */
  adopted: z.optional(z.array(z.string())),
  error: z.optional(UpstreamError),
  /** The submission whose refusal it was cut off from to find the device to blame. */
  splitFrom: z.optional(z.int().check(z.nonnegative())),
  /** When `sweep-due` looks at it; absent when only results can still come (the request carries that date). */
  dueAt: z.optional(Instant),
  /** Waits for a person: stays listed, is not swept. */
  awaitsDecision: z.optional(z.boolean()),
  decisions: z.optional(z.array(DecisionRecord)),
  /** How many of its work messages went to the dead-letter queue. For people to see; nothing depends on it. */
  deadLetters: z.optional(z.int().check(z.nonnegative())),
})
export type Submission = z.infer<typeof Submission>
