import middy from '@middy/core'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { ApiAnswer, ApiCall, ApiDependencies, ApiHandler } from './api-call.ts'
import { answerProblems, type IdentifiedEvent, identifyCaller, logCall } from './call-middlewares.ts'
import { anonymous } from './caller.ts'
import { toResult } from './to-result.ts'

/**
 * Handler for HTTP routes: logs the call, reads the caller, checks the scope of the route (access/route-scopes.ts),
 * writes the answer, and answers errors as problems.
 */
export function apiHandler(route: (call: ApiCall) => Promise<ApiAnswer>, { log, access }: ApiDependencies): ApiHandler {
  const handler = middy<IdentifiedEvent, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use([logCall(log), answerProblems(log), identifyCaller(access)])
    .handler(async ({ caller, ...event }) => {
      const httpRequestId = event.requestContext.requestId
      return toResult(await route({ event, caller, httpRequestId }), httpRequestId)
    })
  return (event, context) => handler({ ...event, caller: anonymous }, context)
}
