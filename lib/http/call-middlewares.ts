import type { MiddlewareObj } from '@middy/core'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'
import type { ApiEvent } from './api-call.ts'
import { scopeOf } from './access/route-scopes.ts'
import type { AccessRules } from './access/scopes.ts'
import { type Caller, readCaller, requireScope } from './caller.ts'
import { problemBody, ProblemError, type ProblemMembers, problems } from './problem.ts'
import { toResult } from './to-result.ts'

/** An event whose caller is known. */
export type IdentifiedEvent = ApiEvent & { caller: Caller }

type CallMiddleware = MiddlewareObj<IdentifiedEvent, APIGatewayProxyStructuredResultV2>

/** Logs the start of a call and its status. Never logs a body or a header. */
export const logCall = (log: Log): CallMiddleware => ({
  before({ event }) {
    log.info('call started', { httpRequestId: event.requestContext.requestId, route: event.routeKey })
  },
  after({ event, response }) {
    log.info('call finished', { httpRequestId: event.requestContext.requestId, status: response?.statusCode })
  },
})

/**
 * Answers an error as a problem (RFC 9457). An error that is no `ProblemError` is answered as a 500 without details; the
 * log has its cause under the same request id.
 */
export const answerProblems = (log: Log): CallMiddleware => ({
  onError(request) {
    const { error, event } = request
    const httpRequestId = event.requestContext.requestId
    if (!(error instanceof ProblemError)) log.error('call failed', { httpRequestId, error })
    const { code, members } =
      error instanceof ProblemError
        ? error
        : { code: 'internal-error' as const, members: { detail: 'see the log entries of this call' } }
    log.info('call refused', { httpRequestId, code })
    const { status } = problems[code]
    const headers = {
      'content-type': 'application/problem+json',
      ...(status === 503 ? { 'retry-after': '5' } : {}),
      ...challengeOf(members),
    }
    request.response = toResult({ status, headers, body: problemBody(code, members, httpRequestId) }, httpRequestId)
  },
})

/** The challenge of RFC 6750 for a token that lacks a scope. */
const challengeOf = ({ requiredScopes }: ProblemMembers): Record<string, string> =>
  requiredScopes === undefined
    ? {}
    : { 'www-authenticate': `Bearer error="insufficient_scope", scope="${requiredScopes.join(' ')}"` }

/**
 * Reads the caller from the token's claims. Refuses a token that names no caller or lacks the scope of the route. API
 * Gateway has verified the token, but does not check scopes, because it would read them from `scope` and `scp` only.
 */
export const identifyCaller = (access: AccessRules): CallMiddleware => ({
  before({ event }) {
    const scope = scopeOf(event.routeKey)
    if (scope === undefined) return
    event.caller = readCaller(event.requestContext.authorizer?.jwt?.claims, access)
    requireScope(event.caller, scope, access)
  },
})
