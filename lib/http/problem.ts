import * as z from 'zod/mini'
import { UpstreamError } from '../profile/request/outcome.ts'
import type { Findings } from '../profile/order/body-faults.ts'

/**
 * Every problem the API can answer: the code is stable and what clients branch on, the title is dull, and `retryable`
 * says whether the very same call may succeed later. docs/api.md lists causes and cures.
 */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON', retryable: false },
  'invalid-body': { status: 400, title: 'The body is not a valid request', retryable: false },
  'invalid-parameter': { status: 400, title: 'A parameter is not valid', retryable: false },
  'invalid-idempotency-key': { status: 400, title: 'The Idempotency-Key is not valid', retryable: false },
  'refused-by-thingspace': { status: 400, title: 'ThingSpace refused the request', retryable: false },
  'caller-unknown': { status: 403, title: 'The token names no caller', retryable: false },
  'account-not-allowed': { status: 403, title: 'The account is not yours', retryable: false },
  'unknown-action': { status: 404, title: 'There is no such action', retryable: false },
  'not-found': { status: 404, title: 'There is no such request', retryable: false },
  'nothing-to-retry': { status: 409, title: 'Nothing of this request can be retried', retryable: false },
  'may-have-run': { status: 409, title: 'ThingSpace may have done it already', retryable: false },
  'nothing-to-cancel': { status: 409, title: 'Nothing of this request can be stopped', retryable: false },
  'body-too-large': { status: 413, title: 'The body is too large', retryable: false },
  'not-acceptable': { status: 406, title: 'No such representation', retryable: false },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON', retryable: false },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key belongs to another body', retryable: false },
  'not-finished': { status: 503, title: 'The decision has not reached all submissions', retryable: true },
  'internal-error': { status: 500, title: 'Something went wrong', retryable: true },
  'not-stored': { status: 503, title: 'The request could not be stored', retryable: true },
} as const
export type ProblemCode = keyof typeof problems

export const FaultDetail = z.object({ pointer: z.string(), code: z.string(), detail: z.string() })

/**
 * RFC 9457, plus ThingSpace's own `errorCode` and `errorMessage`, so that clients written for ThingSpace keep working.
 */
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
  upstream?: UpstreamError
}

/** A refusal on its way to the caller. Thrown at the edge only; use cases answer with values. */
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

/** The refusal of a body for all that was found wrong with it. */
export function invalidBody({ list, count }: Pick<Findings, 'list' | 'count'>): ProblemError {
  const { pointer = '', detail = 'not valid' } = list[0] ?? {}
  return new ProblemError('invalid-body', {
    detail: `${pointer === '' ? 'the body' : pointer}: ${detail}`,
    errors: list,
    errorCount: count,
  })
}

/** A problem may quote a part of the call, which can be long and need not be well-formed. */
const longestText = 1000
const brief = (text: string): string => text.slice(0, longestText).toWellFormed()

const documentation = 'https://thingspace-profile-gateway.example/problems'

/** The body of a problem; `httpRequestId` is API Gateway's id of the call, which the logs carry too. */
export function problemBody(code: ProblemCode, members: ProblemMembers, httpRequestId: string): Problem {
  const { status, title, retryable } = problems[code]
  const { requestId, errors, errorCount, upstream } = members
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
    ...(upstream === undefined ? {} : { upstream }),
    errorCode: upstream?.code ?? `ProfileGateway.${code}`,
    errorMessage: upstream?.message ?? detail,
  }
}
