import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Log } from '../profile/ports.ts'
import { type Caller, readCaller } from './caller.ts'
import { problemBody, ProblemError, problems } from './problem.ts'

/** An event of API Gateway's HTTP API (payload 2.0). Routes with the JWT authorizer have its verified claims. */
export type ApiEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { jwt?: { claims?: unknown } } }
}

export type ApiCall = { event: ApiEvent; caller: Caller; httpRequestId: string }

/** The answer of a route. A text body is sent unchanged, any other body as JSON. */
export type ApiAnswer = { status: number; headers?: Readonly<Record<string, string>>; body?: unknown }

/** A handler of the HTTP API, as Lambda calls it. */
export type ApiHandler = (event: ApiEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

/**
 * Handler for HTTP routes. Reads the caller, logs the call, writes the answer and turns every error into a problem. An
 * unexpected error becomes a 500 without details; the log has its cause under the same request id.
 */
export function apiHandler(route: (call: ApiCall) => Promise<ApiAnswer>, { log }: { log: Log }): ApiHandler {
  const handler = middy<ApiEvent, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .before(({ event }) => {
      log.info('call started', { httpRequestId: event.requestContext.requestId, route: event.routeKey })
    })
    .after(({ event, response }) => {
      log.info('call finished', { httpRequestId: event.requestContext.requestId, status: response?.statusCode })
    })
    .onError((request) => {
      request.response = answerProblem(request.error, request.event, log)
    })
    .handler(async (event) => {
      const { requestId: httpRequestId, authorizer } = event.requestContext
      const answer = await route({ event, caller: readCaller(authorizer?.jwt?.claims), httpRequestId })
      return toResult(answer, httpRequestId)
    })
  return (event, context) => handler(event, context)
}

function toResult({ status, headers, body }: ApiAnswer, httpRequestId: string): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'request-id': httpRequestId,
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }
}

function answerProblem(error: unknown, event: ApiEvent, log: Log): APIGatewayProxyStructuredResultV2 {
  const { requestId: httpRequestId } = event.requestContext
  if (!(error instanceof ProblemError)) log.error('call failed', { httpRequestId, error })
  const { code, members } =
    error instanceof ProblemError
      ? error
      : { code: 'internal-error' as const, members: { detail: 'see the log entries of this call' } }
  log.info('call refused', { httpRequestId, code })
  return toResult(
    {
      status: problems[code].status,
      headers: {
        'content-type': 'application/problem+json',
        ...(problems[code].status === 503 ? { 'retry-after': '5' } : {}),
      },
      body: problemBody(code, members, httpRequestId),
    },
    httpRequestId,
  )
}
