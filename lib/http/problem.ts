import * as z from 'zod/mini'
import { UpstreamError } from '../profile/request/outcome.ts'
import type { Findings } from '../profile/order/body-faults.ts'

/**
 * Every problem that the API can answer. Clients branch on the code, so it is stable. `retryable` says whether the same
 * call may succeed later. lib/openapi/problems.ts and docs/api.md list causes and cures.
 */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON', retryable: false },
  'invalid-body': { status: 400, title: 'The body is not a valid request', retryable: false },
  'invalid-parameter': { status: 400, title: 'A parameter is not valid', retryable: false },
  'invalid-idempotency-key': { status: 400, title: 'The Idempotency-Key is not valid', retryable: false },
  'refused-by-thingspace': { status: 400, title: 'ThingSpace refused the request', retryable: false },
  'insufficient-scope': { status: 403, title: 'The token lacks the scope', retryable: false },
  'access-token-required': { status: 403, title: 'The token is not an access token', retryable: false },
  'caller-unknown': { status: 403, title: 'The token does not identify its caller', retryable: false },
  'account-not-allowed': { status: 403, title: 'The token does not allow this account', retryable: false },
  'account-not-served': { status: 409, title: 'Results of this account do not arrive here', retryable: false },
  'unknown-action': { status: 404, title: 'Unknown action', retryable: false },
  'not-found': { status: 404, title: 'Not found', retryable: false },
  'nothing-to-retry': { status: 409, title: 'No submission can be retried', retryable: false },
  'may-have-run': { status: 409, title: 'ThingSpace may have done it already', retryable: false },
  'nothing-to-cancel': { status: 409, title: 'No submission can be cancelled', retryable: false },
  'nothing-to-reorder': { status: 409, title: 'No device can be ordered again', retryable: false },
  'not-recorded': { status: 409, title: 'The message could not be recorded', retryable: false },
  'needs-command-line': { status: 409, title: 'This is done on the command line', retryable: false },
  'nothing-to-open': { status: 409, title: 'The latch cannot be opened', retryable: false },
  'nothing-to-resume': { status: 409, title: 'The pause cannot be ended', retryable: false },
  'plan-mismatch': { status: 409, title: 'The plan is not the one that was shown', retryable: false },
  'plan-expired': { status: 409, title: 'The plan can no longer be started', retryable: false },
  'plan-stopped': { status: 409, title: 'The plan was stopped', retryable: false },
  'body-too-large': { status: 413, title: 'The body is too large', retryable: false },
  'not-acceptable': { status: 406, title: 'The requested format is not available', retryable: false },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON', retryable: false },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another body', retryable: false },
  'not-finished': { status: 503, title: 'The decision has not reached all submissions', retryable: true },
  'internal-error': { status: 500, title: 'Internal error', retryable: true },
  'not-stored': { status: 503, title: 'The request could not be stored', retryable: true },
} as const
export type ProblemCode = keyof typeof problems

/** One fault of a body or a parameter. `pointer` is a JSON pointer (RFC 6901) into the body, or `?name`. */
export const FaultDetail = z.object({ pointer: z.string(), code: z.string(), detail: z.string() })

/** A problem (RFC 9457), with `errorCode` and `errorMessage` for clients written for ThingSpace. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  retryable: z.boolean(),
  requestId: z.optional(z.string()),
  errors: z.optional(z.array(FaultDetail)),
  errorCount: z.optional(z.int()),
  requiredScopes: z.optional(z.array(z.string())),
  upstream: z.optional(UpstreamError),
  errorCode: z.string(),
  errorMessage: z.string(),
})
export type Problem = z.infer<typeof Problem>

export type ProblemMembers = {
  detail: string
  requestId?: string
  errors?: readonly z.infer<typeof FaultDetail>[]
  errorCount?: number
  /** The names of the scope that the token lacks. One of them is enough. */
  requiredScopes?: readonly string[]
  upstream?: UpstreamError
}

/** An error that is answered as a problem. Only lib/http and functions throw it; use cases return values. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly members: ProblemMembers
  constructor(code: ProblemCode, members: ProblemMembers) {
    super(`${code}: ${members.detail}`)
    this.name = 'ProblemError'
    this.code = code
    this.members = members
  }
}

/** The problem for a body, with everything that was found wrong in it. */
export function invalidBody({ list, count }: Pick<Findings, 'list' | 'count'>): ProblemError {
  const { pointer = '', detail = 'not valid' } = list[0] ?? {}
  return new ProblemError('invalid-body', {
    detail: `${pointer === '' ? 'the body' : pointer}: ${detail}`,
    errors: list,
    errorCount: count,
  })
}

/** Problems may quote the call, which can be long and not well-formed. Texts are cut to so many characters. */
const longestText = 1000
const brief = (text: string): string => text.slice(0, longestText).toWellFormed()

const documentation = 'https://thingspace-profile-gateway.example/problems'

/** Builds the body of a problem. `httpRequestId` is API Gateway's id of the call, which the log lines have too. */
export function problemBody(code: ProblemCode, members: ProblemMembers, httpRequestId: string): Problem {
  const { status, title, retryable } = problems[code]
  const { requestId, errors, errorCount, requiredScopes, upstream } = members
  const detail = brief(members.detail)
  return {
    type: `${documentation}/${code}`,
    title,
    status,
    detail,
    instance: `urn:request:${httpRequestId}`,
    code,
    retryable,
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors === undefined
      ? {}
      : { errors: errors.map((fault) => ({ ...fault, pointer: brief(fault.pointer), detail: brief(fault.detail) })) }),
    ...(errorCount === undefined ? {} : { errorCount }),
    ...(requiredScopes === undefined ? {} : { requiredScopes: [...requiredScopes] }),
    ...(upstream === undefined ? {} : { upstream }),
    errorCode: upstream?.code ?? `ProfileGateway.${code}`,
    errorMessage: upstream?.message ?? detail,
  }
}
