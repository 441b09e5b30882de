import * as z from 'zod/mini'

/** What ThingSpace said of a failure, as far as it said anything. `code` comes without the service-name prefix. */
export const UpstreamError = z.object({
  status: z.optional(z.int()),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
})
export type UpstreamError = z.infer<typeof UpstreamError>

/**
 * What is known after one attempt. The classes differ in one thing only: may the same request be sent again?
 * `unknown` means that ThingSpace may have it, so nothing may be repeated without thinking.
 */
export type SubmissionOutcome =
  | { kind: 'accepted'; upstreamRequestId: string }
  | {
      kind: 'not-accepted'
      cause: 'unreachable' | 'credentials' | 'throttled' | 'unavailable'
      retryAfterSeconds?: number
      error: UpstreamError
    }
  | {
      kind: 'refused'
      error: UpstreamError
      /** One bad device among several may be why; ThingSpace does not say which. */
      mayBlameOneDevice?: true
    }
  | {
      kind: 'unknown'
      cause: 'no-answer' | 'connection-lost' | 'server-error' | 'unreadable-answer' | 'lease-expired'
      error: UpstreamError
    }

export const AttemptResult = z.enum(['accepted', 'not-accepted', 'refused', 'unknown'])

/** One try of a submission, as it is kept on the record. Times are epoch milliseconds. */
export const Attempt = z.object({
  attempt: z.int().check(z.positive()),
  startedAt: z.int(),
  finishedAt: z.int(),
  outcome: AttemptResult,
  cause: z.optional(z.string()),
  error: z.optional(UpstreamError),
  upstreamRequestId: z.optional(z.string()),
})
export type Attempt = z.infer<typeof Attempt>
