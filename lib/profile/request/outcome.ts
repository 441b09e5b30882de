import * as z from 'zod/mini'

/** The details of a failure, as far as ThingSpace gave any. `code` comes without the service-name prefix. */
export const UpstreamError = z.object({
  status: z.optional(z.int()),
  code: z.optional(z.string()),
  message: z.optional(z.string()),
})
export type UpstreamError = z.infer<typeof UpstreamError>

/** The parts of an error for one line. A page's message, such as "503 Service Unavailable", has the status already. */
export const errorParts = ({ status, code, message }: UpstreamError): (string | number)[] =>
  [message?.startsWith(`${status} `) === true ? undefined : status, code, message].filter((part) => part !== undefined)

/**
 * The outcome of one attempt. The kinds differ in whether the same submission may be sent again:
 * - `accepted`: never. ThingSpace will send callbacks.
 * - `not-accepted`: yes, later. ThingSpace ran nothing.
 * - `refused`: not unchanged. ThingSpace ran nothing and would refuse it again.
 * - `unknown`: only if a repeat is harmless. ThingSpace may have accepted it.
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
      /** One bad device among several may be the cause. ThingSpace does not say which one. */
      mayBlameOneDevice?: true
    }
  | {
      kind: 'unknown'
      cause: 'no-answer' | 'connection-lost' | 'server-error' | 'unreadable-answer' | 'lease-expired' | 'table-restored'
      error: UpstreamError
    }

/** The kind of a `SubmissionOutcome`, as it is stored. */
export const AttemptResult = z.enum(['accepted', 'not-accepted', 'refused', 'unknown'])

/** One attempt of a submission, as it is stored. Times are epoch milliseconds. */
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
