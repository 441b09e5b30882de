import * as z from 'zod/mini'
import { Instant } from '../request/stored-values.ts'
import { Lane } from '../request/submission.ts'

/** The right to make one call, until its lease ends. */
const Slot = z.object({ until: Instant, lane: Lane })

/**
 * How many calls of one credential set ThingSpace takes at once, as all environments share it. Without a stored flow,
 * or with the largest limit, calls are not counted: then only the concurrency of the functions limits them.
 */
export const Flow = z.object({
  /** Grows with each write. A write is refused if the revision has changed since the flow was read. */
  revision: z.int().check(z.nonnegative()),
  /** Calls that may be under way at once. */
  limit: z.int().check(z.positive()),
  /** When the limit was last lowered. Calls that began earlier do not lower it again. */
  loweredAt: Instant,
  /** Successful calls since the limit last changed. */
  successes: z.int().check(z.nonnegative()),
  /** Failed calls since the last successful one. */
  failures: z.int().check(z.nonnegative()),
  /** Stops in a row. Each doubles the pause. */
  stops: z.int().check(z.nonnegative()),
  /**
   * The limit at which ThingSpace last answered that it got too many calls, when, and how often in a row. The limit stays
   * well below it for a time, because each trial beyond it costs everybody the pause that ThingSpace then asks for.
   */
  ceiling: z.optional(
    z.object({ limit: z.int().check(z.positive()), at: Instant, times: z.int().check(z.positive()) }),
  ),
  /** No call begins before this time. It stays after its end, until a call succeeds. */
  pause: z.optional(z.object({ until: Instant, why: z.enum(['retry-after', 'failing']) })),
  /** A single order was held not long ago. Until this time bulk orders may use one slot only, and get few turns. */
  singlesWaitUntil: z.optional(Instant),
  /** The calls under way, by number. */
  slots: z.record(z.string(), Slot),
  /** With a number of calls a minute: when the next call may begin, and when a bulk order last got a turn. */
  turns: z.optional(z.object({ nextAt: Instant, bulkAt: Instant })),
})
export type Flow = z.infer<typeof Flow>

/** The flow of a credential set without trouble. `most` is the largest limit. */
export const openFlow = (most: number): Flow => ({
  revision: 0,
  limit: most,
  loweredAt: 0,
  successes: 0,
  failures: 0,
  stops: 0,
  slots: {},
})

/** The shared flows. Both methods name the credential set. */
export type FlowStore = {
  /** An eventually consistent read, unless the reader needs what was written last. */
  readFlow(credentialSet: string, options?: { isConsistent: boolean }): Promise<Flow | undefined>
  /**
   * Replaces the flow if its revision is still `seen` (undefined: none is stored). Otherwise returns the stored flow.
   */
  saveFlow(
    credentialSet: string,
    next: Flow,
    seen: number | undefined,
  ): Promise<{ kind: 'saved' } | { kind: 'changed'; current: Flow | undefined }>
}
