import * as z from 'zod/mini'
import { Attempt, UpstreamError } from './outcome.ts'
import { SubmissionState } from './states.ts'
import { Instant } from './stored-values.ts'

/** An explicit decision about a submission, by a caller of the API or by an operator at the command line. */
export const DecisionRecord = z.object({
  at: Instant,
  by: z.string(),
  what: z.enum(['retry', 'cancel', 'abandon']),
  /** The plan that carried it out. A plan that continues after a crash recognises its own decisions by it. */
  planId: z.optional(z.string()),
})
export type DecisionRecord = z.infer<typeof DecisionRecord>

/**
 * Why an attempt is held: as many calls as ThingSpace takes are under way, ThingSpace asked to wait, or all calls with
 * these credentials failed.
 */
const HoldReason = z.enum(['busy', 'retry-after', 'failing'])
export type HoldReason = z.infer<typeof HoldReason>

/**
 * Each lane has a queue, workers and a share of the calls to ThingSpace, so that little work never waits behind the work
 * of a bulk request.
 */
export const Lane = z.enum(['single', 'bulk'])
export type Lane = z.infer<typeof Lane>

/** One POST to ThingSpace for a range of the request's devices, with all its attempts. */
export const Submission = z.object({
  requestId: z.string(),
  /** The generation of its request. */
  generation: z.string(),
  /** The name of the submission: the position of its first device. So both halves of a split have their own names. */
  submission: z.int().check(z.nonnegative()),
  firstDevice: z.int().check(z.nonnegative()),
  deviceCount: z.int().check(z.positive()),
  state: SubmissionState,
  /** Number of attempts begun. A work message for another number is outdated. */
  attempt: z.int().check(z.nonnegative()),
  /** Grows with each transition. A write is refused if the revision has changed since the submission was read. */
  revision: z.int().check(z.nonnegative()),
  /**
   * Identifies the worker of the attempt. If the response to its claim is lost, the worker recognises its own write.
   */
  claimId: z.optional(z.string()),
  attempts: z.array(Attempt),
  createdAt: Instant,
  updatedAt: Instant,
  leaseUntil: z.optional(Instant),
  nextAttemptAt: z.optional(Instant),
  /** The attempt is held, because ThingSpace takes no more calls. `times` counts how often it has been. */
  held: z.optional(z.object({ since: Instant, times: z.int().check(z.positive()), why: HoldReason })),
  /** No retries after this time: the submission is `exhausted`. A decision to retry sets a new time. */
  giveUpAt: Instant,
  graceEndsAt: z.optional(Instant),
  /** Whether a repeat (or else a decision) is expected after the grace period. For display only. */
  repeatsAfterGrace: z.optional(z.boolean()),
  /** The deadline for results. */
  resultsDueAt: z.optional(Instant),
  /** More than one only if ThingSpace accepted both an unknown attempt and its repeat. */
  upstreamRequestIds: z.array(z.string()),
  /** The upstream request ids that come from callbacks instead of a response. */
  adopted: z.optional(z.array(z.string())),
  error: z.optional(UpstreamError),
  /** The refused submission that this one was split from. */
  splitFrom: z.optional(z.int().check(z.nonnegative())),
  /**
   * When the sweep looks at the submission. Absent if only results are missing, because the request carries that date.
   */
  dueAt: z.optional(Instant),
  /**
   * The submission waits for a decision. It is listed for operators, and the sweep only checks `decideWithinSeconds`.
   */
  awaitsDecision: z.optional(z.boolean()),
  decisions: z.optional(z.array(DecisionRecord)),
  /** The lane that the last decision to retry it chose. Without one it uses the lane of its request. */
  lane: z.optional(Lane),
  /**
   * Orders that send failed devices of it again, with the positions of these devices. Such a submission is not retried.
   * An order whose request was never stored leaves its mark.
   */
  reordered: z.optional(
    z.array(z.object({ requestId: z.string(), at: Instant, positions: z.array(z.int().check(z.nonnegative())) })),
  ),
  /** Number of its work messages that went to the dead-letter queue. For operators only. */
  deadLetters: z.optional(z.int().check(z.nonnegative())),
})
export type Submission = z.infer<typeof Submission>
